/** The gateway as it is built, against what one would otherwise write: the same stand-ins, the same postbacks, in turns. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { load, type LoadResult } from './load.ts';
import { makePostbacks } from './postbacks.ts';
import { printProfile, profiled } from './profile.ts';
import { printRatio, printTable, printTarget, type Rounds } from './print.ts';
import { cpuOf, memoryOf, startStandins, startSubject, type Running, type Standins } from './running.ts';
import { buildSubjects, type Subject, type SubjectName } from './subjects.ts';

export interface Settings {
  /** For each round of each subject. */
  seconds: number;
  rounds: number;
  /** After how many memory is looked at. */
  postbacks: number;
}

interface Stage {
  standins: Standins;
  subjects: Record<SubjectName, Subject>;
  settings: Settings;
}

const parts = { latency, throughput, start, memory, profile };
export const comparisons = Object.keys(parts) as (keyof typeof parts)[];

export async function compare(wanted: readonly (keyof typeof parts)[], settings: Settings): Promise<void> {
  const standins = await startStandins();
  try {
    const { subjects, remove } = await buildSubjects(standins.hosts);
    try {
      for (const name of wanted) await parts[name]({ standins, subjects, settings });
    } finally {
      remove();
    }
  } finally {
    standins.stop();
  }
}

const handler = 'express handler';
const framework = 'Functions Framework';
const steady: SubjectName[] = ['the gateway', handler, framework, 'floor'];

async function latency(stage: Stage): Promise<void> {
  const results = await inTurns(stage, 1, { warmUp: 1_000, most: 5_000 * stage.settings.seconds });
  const ofEach = (key: 'medianLatency' | 'p99Latency') => mapRounds(results, (result) => result[key]);
  printTable(title(stage, 'latency at 1 connection'), [
    { head: 'median, ms', rounds: ofEach('medianLatency'), digits: 2 },
    { head: 'p99, ms', rounds: ofEach('p99Latency'), digits: 2 },
  ]);
  printTarget('median', ofEach('medianLatency'), handler, { most: 0.2 });
}

async function throughput(stage: Stage): Promise<void> {
  const results = await inTurns(stage, 256, { warmUp: 30_000, most: 30_000 * stage.settings.seconds });
  const perSecond = mapRounds(results, (result) => result.perSecond);
  const micros = (which: keyof Cpu) =>
    mapRounds(results, ({ cpu, answered }) => ((cpu?.[which] ?? NaN) / answered) * 1000);
  const busy = (which: keyof Cpu) => mapRounds(results, ({ cpu, ms }) => ((cpu?.[which] ?? NaN) / ms) * 100);
  printTable(title(stage, 'throughput at 256 connections'), [
    { head: 'postbacks/s', rounds: perSecond },
    { head: 'p99, ms', rounds: mapRounds(results, (result) => result.p99Latency) },
    { head: 'its CPU, µs each', rounds: micros('subject') },
    { head: 'its CPU, %', rounds: busy('subject') },
    { head: 'Pub/Sub CPU, %', rounds: busy('standins') },
    { head: 'load CPU, %', rounds: busy('load') },
  ]);
  printTarget('postbacks/s', perSecond, handler, { least: 1 });
  printTarget('postbacks/s', perSecond, framework, { least: 2 });
  // Where others use the machine too, this is steadier than what could be done in a second.
  for (const other of [handler, framework] as const) printRatio('CPU for each', micros('subject'), other);
}

async function start(stage: Stage): Promise<void> {
  const names: SubjectName[] = ['the gateway', handler, 'handler, bundled', framework, 'floor'];
  const rounds: Rounds = new Map(names.map((name) => [name, []]));
  // The first round brings the files into memory and is not counted.
  for (let round = 0; round <= stage.settings.rounds; round++)
    for (const name of names) {
      const running = await startSubject(stage.subjects[name], makePostbacks(1)[0]!);
      if (round > 0) rounds.get(name)!.push(running.startedIn);
      await running.stop();
    }
  printTable(title(stage, 'from its spawning to the first kept postback'), [{ head: 'ms', rounds }]);
  printTarget('time', rounds, handler, { most: 0.5 });
}

async function memory(stage: Stage): Promise<void> {
  const { postbacks } = stage.settings;
  const now: Rounds = new Map(steady.map((name) => [name, []]));
  const most: Rounds = new Map(steady.map((name) => [name, []]));
  for (const name of steady) {
    const running = await startSubject(stage.subjects[name], makePostbacks(1)[0]!);
    try {
      for (let sent = 0; sent < postbacks; sent += 10_000)
        await loadKept(stage, running, 64, { requests: makePostbacks(Math.min(10_000, postbacks - sent)) });
      const held = memoryOf(running.pid);
      now.get(name)!.push((held?.now ?? NaN) / 1e6);
      most.get(name)!.push((held?.most ?? NaN) / 1e6);
    } finally {
      await running.stop();
    }
  }
  printTable(`memory after ${postbacks} postbacks at 64 connections (one run each)`, [
    { head: 'MB', rounds: now },
    { head: 'most ever, MB', rounds: most },
  ]);
  printTarget('memory', now, handler, { most: 1 });
}

async function profile(stage: Stage): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'linkshare-profile-'));
  try {
    const subject = profiled(stage.subjects['the gateway, readable'], folder);
    const running = await startSubject(subject, makePostbacks(1)[0]!);
    const requests = makePostbacks(60_000);
    await loadKept(stage, running, 256, { requests }).finally(() => running.stop());
    printProfile(folder, requests.length);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Cpu {
  subject: number;
  standins: number;
  load: number;
}

type Result = LoadResult & { cpu: Cpu | undefined };

/**
 * Starts the subjects, warms each up with as many postbacks, and loads them in turns, so that a drift of the machine meets all alike.
 * `most`: postbacks that a subject can take in one round.
 */
async function inTurns(
  stage: Stage,
  connections: number,
  { warmUp, most }: { warmUp: number; most: number },
) {
  const { seconds, rounds } = stage.settings;
  const running: Running[] = [];
  const results = new Map(steady.map((name): [SubjectName, Result[]] => [name, []]));
  try {
    for (const name of steady) running.push(await startSubject(stage.subjects[name], makePostbacks(1)[0]!));
    const first = makePostbacks(warmUp);
    for (const each of running) await loadKept(stage, each, Math.max(connections, 16), { requests: first });
    for (let round = 0; round < rounds; round++) {
      const requests = makePostbacks(most);
      for (const each of running) {
        const result = await loadKept(stage, each, connections, { requests, ms: seconds * 1000 });
        results.get(each.name as SubjectName)!.push(result);
      }
    }
  } finally {
    await Promise.all(running.map((each) => each.stop()));
  }
  return results;
}

/** Loads one subject; throws if an answer was not 200, or said so of what Pub/Sub does not have. */
async function loadKept(
  { standins }: Stage,
  { name, port, pid }: Running,
  connections: number,
  { requests, ms }: { requests: Buffer[]; ms?: number },
): Promise<Result> {
  const before = await standins.kept();
  const cpuNow = () => [cpuOf(pid), cpuOf(standins.pid), cpuOf(process.pid)] as const;
  const cpuBefore = cpuNow();
  const result = await load(port, requests.values(), { connections, ...(ms && { ms }) });
  const [subject, pubsub, own] = cpuNow().map((value, i) => (value ?? NaN) - (cpuBefore[i] ?? NaN));
  const kept = (await standins.kept()) - before;
  if (result.failures > 0) throw new Error(`${name}: ${result.failures} answers were not 200`);
  if (kept < result.answered)
    throw new Error(`${name}: ${result.answered} answers 200, ${kept} messages kept`);
  return { ...result, cpu: { subject: subject!, standins: pubsub!, load: own! } };
}

const mapRounds = (results: Map<SubjectName, Result[]>, of: (result: Result) => number): Rounds =>
  new Map([...results].map(([name, all]) => [name, all.map(of)]));

const title = ({ settings: { seconds, rounds } }: Stage, what: string) =>
  `${what} (medians of ${rounds} rounds in turns, ${seconds} s each)`;
