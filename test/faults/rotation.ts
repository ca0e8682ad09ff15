import { setTimeout as sleep } from 'node:timers/promises';
import { anyPostback, type Postback } from './postback.ts';
import type { Random } from './random.ts';
import type { Scenario } from './scenarios.ts';
import { sendOnce } from './senders.ts';
import type { World } from './world.ts';

/** A postback that may also be refused: the caller says what its answer must be. */
function perhapsRefused(world: World, random: Random): Postback {
  const postback = anyPostback(world.book, random);
  postback.sent.may = [...postback.sent.may, 401];
  return postback;
}

const isKept = (status: unknown) => status === 200 || status === 202;

async function mustBe(world: World, token: number, live: boolean, when: string): Promise<void> {
  const status = await sendOnce(world.line, perhapsRefused(world, world.random), world.tokens[token]!);
  const right = live ? isKept(status) : status === 401;
  world.must(
    right,
    `${when}, version ${token + 1}, which is ${live ? 'live' : 'dead'}, is answered ${String(status)}`,
  );
}

async function restart(world: World): Promise<void> {
  await world.gateway.end('SIGTERM');
  await world.gateway.start();
}

/** A new version while all send: half of the senders take it at once, the others stay with the old one for a while. */
async function rotate(world: World): Promise<void> {
  let all = false;
  // Only the first that fails waits for the new version; those beside it are refused, and kept as that.
  world.any = (random) => perhapsRefused(world, random);
  const senders = world.senders(16, {
    next: (random) => world.any(random),
    token: (sender) => (all || sender % 2 === 0 ? world.tokens.at(-1)! : world.tokens[0]!),
  });
  await sleep(500);
  await world.trouble(
    'a rotation',
    () => world.addToken(),
    300,
    () => undefined,
  );
  await mustBe(world, 0, true, 'after the rotation');
  await mustBe(world, 1, true, 'after the rotation');
  all = true;
  await sleep(500);
  await senders.stop();
  world.any = (random) => anyPostback(world.book, random);
}

/** Secret Manager is away when the gateway starts: nothing can be verified, so nothing is kept or refused; then it is back. */
async function startWithoutSecrets(world: World): Promise<void> {
  const fault = world.random.pick([
    { is: 'unavailable' },
    { is: 'hanging' },
    { is: 'permission denied' },
  ] as const);
  world.secretManager.fail(fault);
  await restart(world);
  const health = await world.gateway.ready();
  world.must(health?.startsWith('degraded') === true, `health without a secret says ${health}`);
  const senders = world.senders(4);
  await world.trouble(
    `Secret Manager ${fault.is}`,
    () => undefined,
    1_000,
    () => world.secretManager.fail(undefined),
  );
  await senders.stop();
  const after = await world.gateway.ready();
  world.must(after === 'OK', `health says ${after} when the secret can be read again`);
}

export const rotation: Scenario = {
  name: 'secrets rotated, disabled and out of reach',
  async run(world) {
    await rotate(world);
    world.disableToken(1);
    await restart(world);
    await mustBe(world, 0, false, 'after version 1 was disabled');
    await mustBe(world, 1, true, 'after version 1 was disabled');
    world.disableToken(world.addToken());
    await restart(world);
    await mustBe(world, 1, true, 'while the latest version is disabled');
    await mustBe(world, 2, false, 'while the latest version is disabled');
    world.addToken();
    await startWithoutSecrets(world);
  },
};
