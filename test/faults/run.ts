/**
 * `npm run faults`: every scenario once, or with --minutes N again and again, longer and with other seeds. --seed S repeats a run, --only
 * TEXT picks scenarios by their names.
 */
import { parseArgs } from 'node:util';
import { play, show } from './play.ts';
import { Random } from './random.ts';
import { scenarios } from './scenarios.ts';

const { values } = parseArgs({
  options: { minutes: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
});
const seed = whole('seed', values.seed) ?? Date.now() % 1_000_000;
const minutes = whole('minutes', values.minutes) ?? 0;
const wanted = scenarios.filter(({ name }) => name.includes(values.only ?? ''));
if (wanted.length === 0) throw new Error(`no scenario is called so: ${values.only}`);

function whole(name: string, text: string | undefined): number | undefined {
  if (text !== undefined && !/^\d+$/.test(text))
    throw new Error(`--${name} takes a whole number, not ${text}`);
  return text === undefined ? undefined : Number(text);
}

const end = performance.now() + minutes * 60_000;
const random = new Random(seed);
let broken = 0;
console.log(`seed ${seed}`);
for (let round = 0; round === 0 || performance.now() < end; round++) {
  for (const scenario of wanted) {
    if (round > 0 && performance.now() > end) break;
    if (scenario.missing) console.log(`${scenario.name}: SKIPPED, not installed: ${scenario.missing}`);
    else {
      const report = await play(scenario, random.between(0, 999_999), minutes > 0 ? 2 : 1);
      broken += report.problems.length;
      console.log(show(report));
    }
  }
}
console.log(
  broken === 0 ? `no promise was broken (seed ${seed})` : `${broken} promises were broken (seed ${seed})`,
);
process.exitCode = broken === 0 ? 0 : 1;
