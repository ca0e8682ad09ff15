import { topics, type Topic } from '../../services/runtime/bus.ts';
import { joinEntries, type LogEntry } from '../../services/runtime/google/split.ts';
import { homes, idPattern, type Sent } from './book.ts';

/** One life of the gateway's process. */
export interface Life {
  printed: string;
  /** By SIGKILL: its last line may be half a line. */
  killed: boolean;
}

export interface Evidence {
  sent: ReadonlyMap<string, Sent>;
  /** The data of each message, as often as it was found. */
  found: Record<Topic, readonly string[]>;
  lives: readonly Life[];
  /** What must stand nowhere. */
  secrets: readonly string[];
  /** Whether a message found twice was published twice: not so on an emulator, which delivers at least once. */
  exactly: boolean;
}

export interface Reckoning {
  counts: Record<string, number>;
  /** Promises that were broken, a sentence each. */
  problems: string[];
}

/** Holds what the senders were told against what is in the topics and in the log. */
export function reckon(evidence: Evidence): Reckoning {
  const { sent, found, lives, secrets, exactly } = evidence;
  const log = readLog(lives);
  const messages = Object.fromEntries(topics.map((topic) => [topic, byId(found[topic])])) as Kept;
  const all = [...sent.values()];
  const problems = [
    ...log.problems,
    ...all.flatMap((one) => [...judgeAnswers(one), ...judgeJournal(one, log.journal.get(one.id) ?? [])]),
    ...topics.flatMap((topic) => judgeTopic(topic, messages[topic], sent)),
    ...all.flatMap((one) => judgeKept(one, messages)),
    ...(exactly ? all.flatMap((one) => judgeOnce(one, messages)) : []),
    ...whereSecretsStand(evidence, secrets),
  ];
  return { counts: count(all, messages, log.journal), problems };
}

/** Topic → id → the messages that carry it, each by what tells it from the request's others, and how often it was found. */
type Kept = Record<Topic, Map<string, Map<string, number>>>;

function byId(data: readonly string[]): Kept[Topic] {
  const ids = new Map<string, Map<string, number>>();
  for (const text of data) {
    const { conversionId, lineId = '' } = JSON.parse(text) as { conversionId?: string; lineId?: string };
    const id = conversionId ?? idPattern.exec(text)?.[0] ?? text.slice(0, 80);
    const lines = ids.get(id) ?? new Map<string, number>();
    ids.set(id, lines.set(lineId, (lines.get(lineId) ?? 0) + 1));
  }
  return ids;
}

const timesTold = ({ told }: Sent, what: Sent['told'][number]) => told.filter((one) => one === what).length;

function judgeAnswers({ id, told, may }: Sent): string[] {
  return told
    .filter((one) => one !== 'nothing' && one !== 503 && !may.includes(one))
    .map((one) => `${id} was answered ${one}`);
}

/** Every kept id is in its topic. */
function judgeKept({ id, told, lines }: Sent, messages: Kept): string[] {
  return Object.entries(homes).flatMap(([status, topic]) => {
    if (!told.includes(Number(status))) return [];
    const there = messages[topic].get(id)?.size ?? 0;
    const wanted = topic === 'conversions' ? lines : 1;
    return there < wanted
      ? [`${id} was answered ${status}, but ${there} of ${wanted} are in ${topic}: LOST`]
      : [];
  });
}

/** Every id in a topic was kept there, or its sender does not know; and never a part of a request. */
function judgeTopic(topic: Topic, messages: Kept[Topic], sent: Evidence['sent']): string[] {
  return [...messages].flatMap(([id, lines]) => {
    const one = sent.get(id);
    if (!one) return [`${topic} holds ${id}, which nobody sent`];
    const uncertain = one.told.length === 0 || one.told.includes(503) || one.told.includes('nothing');
    const told = one.told.some((what) => homes[Number(what)] === topic);
    if (!told && !uncertain) return [`${topic} holds ${id}, which was answered ${one.told.join(', ')}`];
    const wanted = topic === 'conversions' ? one.lines : 1;
    return lines.size === wanted ? [] : [`${topic} holds ${lines.size} of ${wanted} of ${id}`];
  });
}

/** What nothing disturbed is there once. */
function judgeOnce({ id, told, calm }: Sent, messages: Kept): string[] {
  if (!calm || told.some((one) => one === 503 || one === 'nothing')) return [];
  return topics.flatMap((topic) =>
    [...(messages[topic].get(id) ?? [])]
      .filter(([, times]) => times > 1)
      .map(([, times]) => `${id} is in ${topic} ${times} times, though nothing went wrong`),
  );
}

/** Each 503 stands in the journal, whole; and nothing else does, except what a broken connection hid. */
function judgeJournal(sent: Sent, entries: LogEntry[]): string[] {
  const { id, method, query, body } = sent;
  const least = timesTold(sent, 503);
  const most = least + timesTold(sent, 'nothing');
  const wrong = entries
    .map(({ request }) => request as { method?: string; query?: string; body?: string })
    .filter((one) => one.method !== method || one.query !== query || (one.body ?? '') !== body);
  return [
    ...(entries.length < least
      ? [`${id} was answered 503 ${least} times, but stands in the journal ${entries.length} times`]
      : []),
    ...(entries.length > most
      ? [`${id} stands in the journal ${entries.length} times, but was not kept ${most} times at most`]
      : []),
    ...wrong.map((one) => `${id} is not whole in the journal: ${JSON.stringify(one).slice(0, 300)}`),
  ];
}

interface ReadLog {
  journal: Map<string, LogEntry[]>;
  problems: string[];
}

function readLog(lives: readonly Life[]): ReadLog {
  const read: ReadLog = { journal: new Map(), problems: [] };
  for (const life of lives) {
    const { whole, incomplete } = joinEntries(linesOf(life).flatMap((line) => parse(line, read.problems)));
    if (!life.killed) read.problems.push(...incomplete.map(() => 'a part of a line is missing in the log'));
    for (const entry of whole.filter(({ message }) => message === 'journal')) {
      const id = idPattern.exec(JSON.stringify(entry.request))?.[0] ?? '';
      read.journal.set(id, [...(read.journal.get(id) ?? []), entry]);
    }
  }
  return read;
}

function linesOf({ printed, killed }: Life): string[] {
  const lines = printed.split('\n');
  const last = lines.pop()!;
  return last && !killed ? [...lines, last] : lines;
}

function parse(line: string, problems: string[]): LogEntry[] {
  try {
    return [JSON.parse(line) as LogEntry];
  } catch {
    problems.push(`a line of the log is not JSON: ${line.slice(0, 300)}`);
    return [];
  }
}

function whereSecretsStand({ lives, found }: Evidence, secrets: readonly string[]): string[] {
  const data = topics.flatMap((topic) => found[topic]);
  return secrets.flatMap((secret) => [
    ...(lives.some(({ printed }) => printed.includes(secret)) ? [`the secret ${secret} is in the log`] : []),
    ...(data.some((text) => text.includes(secret)) ? [`the secret ${secret} is in a message`] : []),
  ]);
}

function count(all: Sent[], messages: Kept, journal: ReadLog['journal']): Record<string, number> {
  const told = (what: Sent['told'][number]) => all.reduce((sum, one) => sum + timesTold(one, what), 0);
  const inTopics = topics.flatMap((topic) => [...messages[topic].values()].flatMap((lines) => [...lines.values()])); // prettier-ignore
  return {
    sent: all.length,
    kept: told(200),
    quarantined: told(202),
    refused: told(401),
    'not kept': told(503),
    'not told': told('nothing'),
    messages: inTopics.length,
    'published again': inTopics.reduce((sum, times) => sum + times - 1, 0),
    'kept untold': all.filter(({ id, told: answers }) => !answers.some((one) => homes[Number(one)]) && topics.some((topic) => messages[topic].has(id))).length, // prettier-ignore
    undisturbed: all.filter(({ calm }) => calm).length,
    journal: [...journal.values()].flat().length,
  };
}
