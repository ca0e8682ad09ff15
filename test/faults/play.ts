import { publishers } from '../../services/runtime/pubsub/open.ts';
import { script } from './lives.ts';
import { Random } from './random.ts';
import { reckon, type Reckoning } from './reckon.ts';
import type { Scenario } from './scenarios.ts';
import { makeWorld, type World } from './world.ts';

export interface Report extends Reckoning {
  scenario: string;
  seed: number;
  seconds: number;
  /** How it was run, and figures worth telling. */
  notes: Record<string, string | number>;
}

/** Plays a scenario in a world of its own; `length` 2 lets everything last twice as long. */
export async function play(scenario: Scenario, seed: number, length = 1): Promise<Report> {
  const started = performance.now();
  const random = new Random(seed);
  const publisher = random.pick(publishers);
  const world = await makeWorld({ ...scenario, random, length, publisher });
  try {
    await world.gateway.start();
    await scenario.run(world);
    const starts = world.gateway.starts;
    const { counts, problems } = reckon(await world.evidence());
    scenario.judge?.(world, counts);
    return {
      scenario: scenario.name,
      seed,
      seconds: (performance.now() - started) / 1_000,
      counts,
      notes: { 'run as': `${script}, PUBLISHER=${publisher}`, starts, ...world.notes },
      problems: [...world.problems, ...problems],
    };
  } catch (error) {
    throw new Error(
      `${scenario.name}, seed ${seed}: ${[...world.problems, String(error)].join('; ')}\n${lastWords(world)}`,
      {
        cause: error,
      },
    );
  } finally {
    await world.stop();
  }
}

const lastWords = (world: World) => world.gateway.lives().at(-1)?.printed.slice(-2_000) ?? '';

/** For people: a line of counts, a line of notes, and what was broken. */
export function show({ scenario, seed, seconds, counts, notes, problems }: Report): string {
  const pairs = (all: object) => Object.entries(all).map(([name, value]) => `${name} ${value}`); // prettier-ignore
  const first = `${scenario} (seed ${seed}, ${seconds.toFixed(0)} s)`;
  const broken = problems.slice(0, 10).map((problem) => `  BROKEN: ${problem}`);
  if (problems.length > 10) broken.push(`  BROKEN: and ${problems.length - 10} more`);
  return [first, `  ${pairs(counts).join(', ')}`, `  ${pairs(notes).join('; ')}`, ...broken].join('\n');
}
