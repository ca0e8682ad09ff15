import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as grpc from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

export interface FakeMessage {
  data: Buffer;
  attributes: Record<string, string>;
}

export interface FakeRequest {
  topic: string;
  messages: FakeMessage[];
}

/** What it does with a request. `slow` keeps it when it answers, `late` when it comes. */
export type Behaviour =
  | { is: 'ok' }
  | { is: 'silent' }
  | { is: 'slow' | 'late'; ms: number }
  | { is: 'refuse'; code: grpc.status; details?: string }
  | { is: 'short'; ids: number };

export interface FakePubSub {
  /** What PUBSUB_EMULATOR_HOST would say. */
  host: string;
  /** The same server without the line in between that can be cut: for measuring. */
  directHost: string;
  /** Every request that came, in order. */
  requests: FakeRequest[];
  /** Data of the messages that it has kept. */
  kept: string[];
  /** The same by the topic's full name. */
  keptIn: Map<string, string[]>;
  /** Messages that it has kept. */
  count(): number;
  /** Connections that are open now, and calls that are not answered yet. */
  connections(): number;
  openCalls(): number;
  /** From now on. A function decides for each request. */
  behave(next: Behaviour | ((request: FakeRequest) => Behaviour)): void;
  /** Breaks every connection and refuses new ones, until back(). */
  cut(): void;
  /** Connections stay open, what is sent is swallowed, nothing comes back; new ones are the same, until back(). */
  halfOpen(): void;
  /** New connections work again; those that were half-open stay so, as they would behind a firewall that forgot them. */
  back(): void;
  stop(): Promise<void>;
}

/**
 * A stand-in for Pub/Sub by its published contract, google.pubsub.v1.Publisher/Publish, on two free ports of 127.0.0.1.
 * With `record: false` it only counts, so that its own memory stays the same however much is sent to it.
 */
export async function startFakePubSub({ record = true } = {}): Promise<FakePubSub> {
  const requests: FakeRequest[] = [];
  const kept: string[] = [];
  const keptIn = new Map<string, string[]>();
  let behaviour: (request: FakeRequest) => Behaviour = () => ({ is: 'ok' });
  let openCalls = 0;
  let count = 0;
  const note = (topic: string, data: string) => {
    kept.push(data);
    if (!keptIn.has(topic)) keptIn.set(topic, []);
    keptIn.get(topic)!.push(data);
  };
  const keep: Keep = ({ topic, messages }) =>
    messages.map(({ data }) => {
      if (record) note(topic, data.toString());
      return String(++count);
    });

  const server = new grpc.Server({ 'grpc.max_receive_message_length': 11_000_000 });
  server.addService(publisherService(), {
    Publish: (call: PublishCall, answer: PublishAnswer) => {
      openCalls++;
      if (record) requests.push(call.request);
      void act(
        behaviour(call.request),
        () => keep(call.request),
        (...result) => {
          openCalls--;
          answer(...result);
        },
      );
    },
  });
  const serverPort = await bind(server);
  const line = await startLine(serverPort);
  return {
    host: `127.0.0.1:${line.port}`,
    directHost: `127.0.0.1:${serverPort}`,
    requests,
    kept,
    keptIn,
    connections: () => line.pairs.size,
    openCalls: () => openCalls,
    count: () => count,
    behave: (next) => (behaviour = typeof next === 'function' ? next : () => next),
    cut: () => line.set('cut'),
    halfOpen: () => line.set('half-open'),
    back: () => line.set('whole'),
    async stop() {
      server.forceShutdown();
      await line.stop();
    },
  };
}

/** Keeps a request's messages and gives their ids. */
type Keep = (request: FakeRequest) => string[];
type PublishCall = grpc.ServerUnaryCall<FakeRequest, { messageIds: string[] }>;
type PublishAnswer = grpc.sendUnaryData<{ messageIds: string[] }>;

async function act(behaviour: Behaviour, keep: () => string[], answer: PublishAnswer) {
  switch (behaviour.is) {
    case 'ok':
      return answer(null, { messageIds: keep() });
    case 'silent':
      return;
    case 'short':
      return answer(null, { messageIds: keep().slice(0, behaviour.ids) });
    case 'refuse':
      return answer({ code: behaviour.code, details: behaviour.details ?? 'refused by the stand-in' });
    case 'slow':
      await sleep(behaviour.ms);
      return answer(null, { messageIds: keep() });
    case 'late': {
      const messageIds = keep();
      await sleep(behaviour.ms);
      return answer(null, { messageIds });
    }
  }
}

/** Google's own protos, as its client ships them. */
function publisherService(): grpc.ServiceDefinition {
  const protosOf = (name: string) =>
    join(
      dirname(fileURLToPath(import.meta.resolve(name))),
      name === 'google-gax' ? '../protos' : '../protos',
    );
  const definition = loadSync('google/pubsub/v1/pubsub.proto', {
    includeDirs: [protosOf('@google-cloud/pubsub'), protosOf('google-gax')],
  });
  const { service } = (
    grpc.loadPackageDefinition(definition) as unknown as {
      google: { pubsub: { v1: { Publisher: grpc.ServiceClientConstructor } } };
    }
  ).google.pubsub.v1.Publisher;
  // Only Publish: a call of any other method is answered UNIMPLEMENTED.
  return { Publish: service['Publish']! };
}

const bind = (server: grpc.Server) =>
  new Promise<number>((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) =>
      error ? reject(error) : resolve(port),
    ),
  );

/** A TCP line to the server, which can be cut or fall silent. */
async function startLine(serverPort: number) {
  let state: 'whole' | 'cut' | 'half-open' = 'whole';
  const pairs = new Set<{ near: Socket; far: Socket | undefined; whole: boolean }>();

  const listener = createServer((near) => {
    if (state === 'cut') return void near.destroy();
    const far = state === 'whole' ? connect(serverPort, '127.0.0.1') : undefined;
    const pair = { near, far, whole: state === 'whole' };
    pairs.add(pair);
    // Read and dropped once it is no longer whole: to its sender the bytes have gone out.
    near.on('data', (bytes) => pair.whole && far?.write(bytes));
    far?.on('data', (bytes) => pair.whole && near.write(bytes));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const)
      // prettier-ignore
      one
        ?.on('error', () => one.destroy()) // A cut is what is asked for here; 'close' follows.
        .on('close', () => {
          other?.destroy();
          pairs.delete(pair);
        });
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');

  return {
    port: (listener.address() as AddressInfo).port,
    pairs,
    set(next: typeof state) {
      state = next;
      if (next === 'cut') for (const { near } of pairs) near.resetAndDestroy();
      if (next === 'half-open') for (const pair of pairs) pair.whole = false;
    },
    async stop() {
      for (const { near } of pairs) near.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}
