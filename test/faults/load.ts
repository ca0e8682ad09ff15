import { setTimeout as sleep } from 'node:timers/promises';
import { answerWithin, lineManifest, manyLines } from './postback.ts';
import type { Scenario } from './scenarios.ts';
import type { World } from './world.ts';

/** More messages at once than the publisher holds (2,000): 96 requests of 50. */
const connections = 96;
const lines = 50;
const note = 'n'.repeat(20_000);

/** Megabytes that may be added to what the process held under load, while Pub/Sub is silent. */
const mostMore = 300;

/** Pub/Sub is silent under load: what is held stays bounded, what is more is told so at once. */
export const underLoad: Scenario = {
  name: 'Pub/Sub silent under load',
  manifest: lineManifest,
  async run(world) {
    world.any = () => manyLines(world.book, lines, note);
    const senders = world.senders(connections, { pause: 500, retryAfter: 600 });
    await sleep(1_000);
    const before = world.gateway.memory();
    let most = before;
    const watch = setInterval(() => (most = Math.max(most, world.gateway.memory())), 200);
    try {
      await world.trouble('silence under load', () => world.pubsub.behave({ is: 'silent' }), 7_500, () => world.pubsub.behave({ is: 'ok' })); // prettier-ignore
    } finally {
      clearInterval(watch);
    }
    await senders.stop();
    world.notes['memory'] = `${before.toFixed(0)} MB, at most ${most.toFixed(0)} MB`;
    world.must(most < before + mostMore, `memory went from ${before.toFixed(0)} to ${most.toFixed(0)} MB`);
    toldAtOnce(world);
  },
};

/** By the gateway's own lines, since a sender's clock counts what this machine has to do besides. */
function toldAtOnce(world: World): void {
  const text = world.gateway.lives().map(({ printed }) => printed).join(''); // prettier-ignore
  const beyond = text
    .split('\n')
    .filter((line) => line.includes('"outcome":"not kept"') && line.includes('wait for Pub/Sub already'))
    .map((line) => (JSON.parse(line) as { ms: number }).ms)
    .sort((a, b) => a - b);
  const middle = beyond[beyond.length >> 1] ?? Infinity;
  world.notes['told at once'] = `${beyond.length} times, half of them within ${Math.round(middle)} ms`;
  world.must(beyond.length >= connections, `only ${beyond.length} requests were beyond the bound`);
  world.must(
    middle < answerWithin / 2,
    `those beyond the bound waited ${Math.round(middle)} ms for their 503`,
  );
}
