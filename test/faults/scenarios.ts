import { setTimeout as sleep } from 'node:timers/promises';
import { status } from '@grpc/grpc-js';
import { missingEmulator } from '../support/emulator.ts';
import { underLoad } from './load.ts';
import { rotation } from './rotation.ts';
import { sendOnce } from './senders.ts';
import { termination } from './termination.ts';
import type { Wanted, World } from './world.ts';

export interface Scenario extends Pick<Wanted, 'manifest' | 'onEmulator'> {
  name: string;
  /** What this machine lacks for it. */
  missing?: string | undefined;
  run(world: World): Promise<void>;
  /** What more its counts must be. */
  judge?(world: World, counts: Record<string, number>): void;
}

/** Milliseconds in which the senders send, undisturbed. */
const moment = (world: World, least = 300, most = 700) =>
  sleep(world.random.between(least, most) * world.length);

const calm: Scenario = {
  name: 'nothing goes wrong',
  async run(world) {
    const senders = world.senders();
    // A network that sends the same twice at the same moment.
    for (let i = 0; i < 100; i++) {
      const twin = world.any(world.random);
      await Promise.all([0, 1].map(() => sendOnce(world.line, twin, world.tokens.at(-1)!)));
    }
    await moment(world, 1_500, 2_000);
    await senders.stop();
    const disturbed = [...world.book.sent.values()].filter(({ told }) =>
      told.some((one) => one === 'nothing'),
    );
    world.must(disturbed.length === 0, `${disturbed.length} were not answered, though nothing went wrong`);
  },
};

const killed: Scenario = {
  name: 'kill -9',
  async run(world) {
    const senders = world.senders();
    // So that some are on their way when it comes.
    world.pubsub.behave({ is: 'slow', ms: 20 });
    for (let round = 0; round < 4; round++) {
      await moment(world);
      await world.trouble(
        'kill -9',
        () => world.gateway.end('SIGKILL'),
        0,
        () => world.gateway.start(),
      );
    }
    await moment(world);
    await senders.stop();
  },
};

const frozen: Scenario = {
  name: 'SIGSTOP, SIGCONT',
  async run(world) {
    const senders = world.senders();
    const stop = () => world.gateway.signal('SIGSTOP');
    const goOn = () => world.gateway.signal('SIGCONT');
    for (const ms of world.random.shuffle([300, 800, 3_500])) {
      await moment(world);
      await world.trouble(`SIGSTOP for ${ms} ms`, stop, ms, goOn);
    }
    await moment(world);
    await senders.stop();
  },
};

/** What Pub/Sub does to us, from its first millisecond to its end. */
const pubsubFaults: { name: string; ms: number; begin: (world: World) => void; end?: (world: World) => void }[] = [
  { name: 'cut', ms: 1_500, begin: ({ pubsub }) => pubsub.cut() },
  { name: 'cut for a moment', ms: 10, begin: ({ pubsub }) => pubsub.cut() },
  { name: 'half-open', ms: 3_000, begin: ({ pubsub }) => pubsub.halfOpen() },
  { name: 'slow', ms: 2_000, begin: ({ pubsub }) => pubsub.behave({ is: 'slow', ms: 700 }) },
  { name: 'late', ms: 3_000, begin: ({ pubsub }) => pubsub.behave({ is: 'late', ms: 3_000 }) },
  { name: 'silent', ms: 3_500, begin: ({ pubsub }) => pubsub.behave({ is: 'silent' }) },
  { name: 'unavailable', ms: 2_500, begin: ({ pubsub }) => pubsub.behave({ is: 'refuse', code: status.UNAVAILABLE }) },
  { name: 'refusing', ms: 1_000, begin: ({ pubsub }) => pubsub.behave({ is: 'refuse', code: status.PERMISSION_DENIED }) },
  { name: 'acknowledging too few', ms: 1_000, begin: ({ pubsub }) => pubsub.behave({ is: 'short', ids: 0 }) },
]; // prettier-ignore

const broken: Scenario = {
  name: 'Pub/Sub cut, half-open, slow, late, silent, refusing',
  async run(world) {
    const senders = world.senders();
    const back = () => {
      world.pubsub.behave({ is: 'ok' });
      world.pubsub.back();
    };
    for (const { name, ms, begin } of world.random.shuffle(pubsubFaults)) {
      await moment(world, 100, 300);
      await world.trouble(`Pub/Sub ${name}`, () => begin(world), ms, back);
    }
    await moment(world);
    await senders.stop();
  },
};

const emulated: Scenario = {
  name: "Google's emulator, SIGSTOP and SIGCONT",
  missing: missingEmulator,
  onEmulator: true,
  async run(world) {
    const senders = world.senders(8);
    const signal = (which: NodeJS.Signals) => () => process.kill(world.emulator!.pid, which);
    for (const ms of world.random.shuffle([500, 3_500])) {
      await moment(world);
      await world.trouble(`the emulator stopped for ${ms} ms`, signal('SIGSTOP'), ms, signal('SIGCONT'));
    }
    await moment(world);
    await senders.stop();
  },
};

export const scenarios: Scenario[] = [
  calm,
  killed,
  ...termination,
  frozen,
  broken,
  underLoad,
  rotation,
  emulated,
];
