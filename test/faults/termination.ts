import { setTimeout as sleep } from 'node:timers/promises';
import type { Scenario } from './scenarios.ts';
import { sendOnce } from './senders.ts';
import type { World } from './world.ts';

/** Postbacks that are sent at once, each on a connection of its own; when Pub/Sub has the first of them, all are inside. */
async function inFlight(world: World, count: number) {
  const before = world.pubsub.requests.length;
  const postbacks = Array.from({ length: count }, () => world.any(world.random));
  let answered = 0;
  const answers = postbacks.map((postback) =>
    sendOnce(world.line, postback, world.tokens.at(-1)!).finally(() => answered++),
  );
  while (world.pubsub.requests.length === before) await sleep(10);
  await sleep(300);
  return { postbacks, answered: () => answered, all: Promise.all(answers) };
}

/** SIGTERM while `count` are in flight: unready before the first of them is answered, and all of them answered. */
async function terminate(world: World, count: number): Promise<unknown[]> {
  const { answered, all } = await inFlight(world, count);
  world.must((await world.gateway.ready()) === 'OK', 'health is not OK before SIGTERM');
  const ending = world.gateway.end('SIGTERM');
  let isReady = true;
  while (isReady && answered() === 0) isReady = (await world.gateway.ready()) !== undefined;
  world.must(!isReady, 'health stays ready after SIGTERM, until requests in flight are answered');
  const { by, ms } = await ending;
  world.must(by === 0, `SIGTERM ended it with ${by}, not 0`);
  world.must(ms < 10_000, `SIGTERM ended it only after ${Math.round(ms)} ms`);
  world.notes['SIGTERM to exit'] = `${(ms / 1_000).toFixed(1)} s`;
  return all;
}

const count = (list: unknown[], what: unknown) => list.filter((one) => one === what).length;

/** In flight when SIGTERM comes, and Pub/Sub answers in time: kept and answered. */
const inOrder: Scenario = {
  name: 'SIGTERM with requests in flight',
  async run(world) {
    world.pubsub.behave({ is: 'slow', ms: 700 });
    const answers = await terminate(world, 12);
    const kept = answers.filter((status) => status === 200 || status === 202).length;
    world.must(kept === 12, `of 12 in flight at SIGTERM ${kept} were kept: ${answers.join(', ')}`);
    world.pubsub.behave({ is: 'ok' });
    await world.gateway.start();
    await world.recovers('SIGTERM');
  },
};

/** In flight when SIGTERM comes, and Pub/Sub says nothing: told so in time, and in the journal. */
const inSilence: Scenario = {
  name: 'SIGTERM while Pub/Sub is silent',
  async run(world) {
    world.pubsub.behave({ is: 'silent' });
    const answers = await terminate(world, 12);
    world.must(
      count(answers, 503) === 12,
      `of 12 in flight at SIGTERM not all were told 503: ${answers.join(', ')}`,
    );
    world.pubsub.behave({ is: 'ok' });
    await world.gateway.start();
    await world.recovers('SIGTERM');
  },
};

/** Again and again while senders go on: whoever is cut off sends again. */
const underSenders: Scenario = {
  name: 'SIGTERM and a new start, under load',
  async run(world) {
    const senders = world.senders();
    world.pubsub.behave({ is: 'slow', ms: 20 });
    for (let round = 0; round < 4; round++) {
      await sleep(world.random.between(300, 700) * world.length);
      await world.trouble(
        'SIGTERM',
        () => endInOrder(world),
        0,
        () => world.gateway.start(),
      );
    }
    await senders.stop();
  },
  judge(world, counts) {
    // Cut off unread is no harm: it is sent again. Kept and cut off would be: then it was in flight.
    const untold = counts['kept untold'];
    world.must(untold === 0, `${untold} were kept, but cut off without an answer`);
  },
};

async function endInOrder(world: World): Promise<void> {
  const { by, ms } = await world.gateway.end('SIGTERM');
  world.must(by === 0 && ms < 10_000, `SIGTERM ended it with ${by} after ${Math.round(ms)} ms`);
}

export const termination = [inOrder, inSilence, underSenders];
