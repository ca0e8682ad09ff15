/** Where the gateway's time goes at 256 connections: V8's sampling profile of the built bundle, by file of ours, package or part of Node. */
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Subject } from './subjects.ts';

interface CallFrame {
  functionName: string;
  url: string;
  lineNumber: number;
}

interface Profile {
  nodes: { id: number; callFrame: CallFrame; children?: number[] }[];
  samples: number[];
  /** Microseconds since the sample before. */
  timeDeltas: number[];
}

/** The same subject, but it writes a profile into `folder` when it ends. */
export const profiled = (subject: Subject, folder: string): Subject => ({
  ...subject,
  args: ['--cpu-prof', `--cpu-prof-dir=${folder}`, ...subject.args],
});

/** Prints the largest shares of the time in which it did something. */
export function printProfile(folder: string, postbacks: number): void {
  const [file = ''] = globSync(`${folder}/*.cpuprofile`);
  const times = selfTimes(JSON.parse(readFileSync(file, 'utf8')) as Profile);
  times.delete('(idle)');
  const sum = [...times.values()].reduce((a, b) => a + b, 0);
  console.log(
    `\nwhere the gateway's time goes (of ${(sum / postbacks).toFixed(0)} µs for each of ${postbacks}, warming up included)`,
  );
  const print = (shares: Map<string, number>, most: number) => {
    for (const [what, time] of [...shares].sort((a, b) => b[1] - a[1]).slice(0, most))
      console.log(`  ${((time / sum) * 100).toFixed(1).padStart(5)} %  ${what}`);
  };
  print(groupsOf(times), 8);
  console.log('  of which');
  print(times, 25);
}

/** Our folders, and Node, and packages, each as one. */
function groupsOf(times: Map<string, number>): Map<string, number> {
  const groups = new Map<string, number>();
  for (const [owner, time] of times) {
    const group = /^(services\/\w+|node(?=:)|\()/.exec(owner)?.[1] ?? 'packages';
    const name = group === '(' ? owner : group;
    groups.set(name, (groups.get(name) ?? 0) + time);
  }
  return groups;
}

/** Microseconds by who used them. What V8 and Node do natively counts for who called it. */
function selfTimes({ nodes, samples, timeDeltas }: Profile): Map<string, number> {
  const owners = new Map(nodes.map(({ id, callFrame }) => [id, ownerOf(callFrame)]));
  for (const { id, children = [] } of nodes)
    for (const child of children) if (!owners.get(child)) owners.set(child, owners.get(id));
  const times = new Map<string, number>();
  samples.forEach((id, i) => {
    const owner = owners.get(id) ?? '(native)';
    times.set(owner, (times.get(owner) ?? 0) + timeDeltas[i]!);
  });
  return times;
}

/** Undefined for what is native. */
function ownerOf({ functionName, url, lineNumber }: CallFrame): string | undefined {
  if (url.startsWith('node:')) return url.replace(/^node:(?:internal\/)?([\w]+).*/, 'node:$1');
  if (!url.startsWith('file:')) return functionName.startsWith('(') ? functionName : undefined;
  const source = sourceAt(fileURLToPath(url), lineNumber);
  return /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? source;
}

const bundles = new Map<string, string[]>();

/** esbuild writes above each module which file it was. */
function sourceAt(bundle: string, line: number): string {
  if (!bundles.has(bundle)) bundles.set(bundle, readFileSync(bundle, 'utf8').split('\n'));
  const lines = bundles.get(bundle)!;
  for (let at = line; at >= 0; at--) {
    const [, file] = /^\/\/ ((?:services|node_modules)\/\S+)$/.exec(lines[at] ?? '') ?? [];
    if (file) return file;
  }
  return bundle;
}
