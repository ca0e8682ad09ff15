/** `npm run bench -- decide`: what verify + read + normalize cost for each partner, and how much of it is the algorithm's own. */
import { kindOf } from '../../services/manifest/verify/algorithms.ts';
import { decideAs, publishedSchemes, shippedSchemes, type Scheme } from '../support/schemes.ts';
import type { Settings } from './compare.ts';
import { leastOf } from './least.ts';
import { median, quantile } from './load.ts';

/** Microseconds of CPU that are wanted: of a shared secret in all, of a public key beside what its algorithm takes. */
const wanted = { all: 50, beside: 30 };

interface Subject {
  scheme: Scheme;
  isPublicKey: boolean;
  ours: () => unknown;
  least: () => unknown;
}

interface Result {
  ours: number;
  p99: number;
  least: number;
}

export function decide({ seconds }: Settings): void {
  const subjects = [...shipped(), ...withPublicKeys()].map(subjectOf);
  // All are warm before the first is measured: in one process with all partners, as `npm start` has them.
  for (const { ours, least } of subjects)
    for (let i = 0; i < 1_000; i++) microseconds(i % 2 ? ours : least, 2);
  console.log('verify + read + normalize, the largest request of each partner that is kept, µs of CPU');
  console.log(`  ${''.padEnd(38)}  median     p99   least  beside   (least: its proof by node:crypto, JSON.parse, a sha256 an event)`); // prettier-ignore
  const results = subjects.map((subject) => [subject, measure(subject, seconds)] as const);
  for (const [{ scheme }, { ours, p99, least }] of results)
    console.log(`  ${scheme.name.padEnd(38)}${[ours, p99, least, ours - least].map((µs) => µs.toFixed(1).padStart(8)).join('')}`); // prettier-ignore
  const beside = results.map(([subject, { ours, least }]) => ({ subject, ours, beside: ours - least }));
  tell('a shared secret, in all', beside.filter(({ subject }) => !subject.isPublicKey).map(({ subject, ours }) => [subject, ours]), wanted.all); // prettier-ignore
  tell('a public key, beside its least', beside.filter(({ subject }) => subject.isPublicKey).map(({ subject, beside }) => [subject, beside]), wanted.beside); // prettier-ignore
}

function tell(what: string, results: [Subject, number][], most: number): void {
  const [subject, largest] = results.toSorted(([, a], [, b]) => b - a)[0]!;
  const told = largest <= most ? 'met' : 'MISSED';
  console.log(`  target: ${what}, at most ${most} µs; the largest is ${subject.scheme.name} with ${largest.toFixed(1)}: ${told}`); // prettier-ignore
}

const sizeOf = ({ request: { query, body, path } }: Scheme) => path.length + query.length + body.length;

/** The largest request of each partner. */
function shipped(): Scheme[] {
  const ofEach = Map.groupBy(shippedSchemes(), ({ partner }) => partner.id);
  return [...ofEach.values()].map((schemes) => schemes.toSorted((a, b) => sizeOf(b) - sizeOf(a))[0]!);
}

/** No partner that is shipped signs by a public key; these are the vectors that schemes are published with. */
const withPublicKeys = () => publishedSchemes().filter(isPublicKey);

const isPublicKey = ({ partner: { manifest } }: Scheme) =>
  [manifest.verify].flat().some(({ by }) => kindOf(by) === 'key');

function subjectOf(scheme: Scheme): Subject {
  const ours = () => decideAs(scheme, scheme.request);
  return { scheme, isPublicKey: isPublicKey(scheme), ours, least: leastOf(scheme, ours()) };
}

function measure({ ours, least }: Subject, seconds: number): Result {
  const rounds = { ours: [] as number[], least: [] as number[], single: [] as number[] };
  const end = performance.now() + seconds * 1000;
  // In turns, so that a drift of the machine meets both alike.
  while (performance.now() < end) {
    rounds.ours.push(microseconds(ours, 50));
    rounds.least.push(microseconds(least, 50));
    for (let i = 0; i < 20; i++) rounds.single.push(microseconds(ours, 1));
  }
  return { ours: median(rounds.ours), p99: quantile(rounds.single, 0.99), least: median(rounds.least) };
}

/** Of this process's CPU: what others do on the machine meanwhile does not count, what is collected as garbage does. */
function microseconds(run: () => unknown, times: number): number {
  const before = process.cpuUsage();
  for (let i = 0; i < times; i++) run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}
