import { openDatabase } from '../../services/runtime/embedded/database.ts';
import { createTableBus, recentMessages, type KeptMessage } from '../../services/runtime/embedded/bus.ts';
import type { Bus, Topic } from '../../services/runtime/bus.ts';
import type { Fields, Log } from '../../services/runtime/log.ts';
import type { Partner } from '../../services/manifest/compile.ts';
import type { Incoming } from '../../services/manifest/read/request.ts';
import { createGateway } from '../../services/gateway/app.ts';
import { startServer } from '../../services/runtime/server.ts';
import { fixedSecrets, type Secrets } from '../../services/runtime/secrets.ts';
import { rawExchange, type Answer } from './http.ts';

export interface TestGateway {
  port: number;
  /** The time that the gateway believes it is. */
  now: Date;
  secrets: Record<string, string>;
  lines: { level: string; message: string; fields: Fields }[];
  send(request: Partial<Incoming> & { path: string }): Promise<Answer>;
  kept(topic: Topic): Promise<KeptMessage[]>;
  /** Forgets what was kept and logged. */
  reset(): Promise<void>;
  stop(): Promise<void>;
}

interface Options {
  partners: readonly Partner[];
  /** Stands between the gateway and the real bus, to break it. */
  wrapBus?: (bus: Bus) => Bus;
  /** Adds what is no secret of ours: public keys. */
  wrapSecrets?: (secrets: Secrets, log: Log) => Secrets;
  trustedHops?: number;
}

/** The real app on a real server and the embedded bus, on loopback; a secret's value is `example-NAME` unless set. */
export async function startTestGateway({
  partners,
  wrapBus = (bus) => bus,
  wrapSecrets = (secrets) => secrets,
  trustedHops = 0,
}: Options): Promise<TestGateway> {
  const database = await openDatabase('memory://');
  const bus = createTableBus(database.db);
  const lines: TestGateway['lines'] = [];
  const at =
    (level: string) =>
    (message: string, fields: Fields = {}) =>
      void lines.push({ level, message, fields });
  const log: Log = { info: at('info'), warn: at('warn'), error: at('error'), close: () => Promise.resolve() };
  const gateway: TestGateway = {
    port: 0,
    now: new Date('2026-11-24T00:00:00Z'),
    secrets: {},
    lines,
    send: (request) => rawExchange(gateway.port, request),
    kept: (topic) => recentMessages(database.db, { topic, limit: 10_000 }),
    async reset() {
      await database.db.deleteFrom('messages').execute();
      lines.length = 0;
    },
    async stop() {
      await server.stop();
      await bus.close();
      await database.close();
    },
  };
  const secrets = fixedSecrets((_partner, name) => [gateway.secrets[name] ?? `example-${name}`]);
  const app = createGateway({
    partners,
    bus: wrapBus(bus),
    secrets: wrapSecrets(secrets, log),
    log,
    trustedHops,
    clock: () => gateway.now,
  });
  const server = await startServer(app, { host: '127.0.0.1', port: 0 });
  gateway.port = server.port;
  return gateway;
}
