import { sql } from 'kysely';
import { compile, type Partner } from '../../services/manifest/compile.ts';
import { parseManifest } from '../../services/manifest/load/load.ts';
import type { Bus } from '../../services/runtime/bus.ts';
import { createTableBus } from '../../services/runtime/embedded/bus.ts';
import { openDatabase } from '../../services/runtime/embedded/database.ts';
import type { Log } from '../../services/runtime/log.ts';
import { migrateSync, type SyncDatabase } from '../../services/sync/database.ts';
import type { RunParts } from '../../services/sync/run.ts';
import type { SecretSource } from '../../services/sync/secrets.ts';

/** Involve's report as its manifest has it, for one account, at a stand-in. */
export const involveAt = (host: string, more = '', accounts = '[One]'): Partner =>
  compile(
    parseManifest(
      `id: net
name: Net
identity: [account, conversionId]
report:
  from: involve-conversions
  accounts: ${accounts}
  settings: { currency: USD, host: '${host}' }
  each: { row: data.data }
  ${more}
  fields:
    account: path.account
    conversionId: row.conversion_id
    commission: row.payout row.currency
    occurredAt: row.datetime_conversion Asia/Kuala_Lumpur
    status: { from: row.conversion_status, pending: pending, approved: approved, rejected: rejected }
`,
      'net',
    ),
  );

/** A partner whose report is a file. */
export const filePartner = compile(
  parseManifest(
    `id: filed
name: Filed
report:
  from: csv
  fields:
    conversionId: Order_ID
    commission: Fee_USD USD
    status: { from: Status, approved: ok, rejected: no }
`,
    'filed',
  ),
);

export interface TestSync {
  parts: RunParts & { db: SyncDatabase };
  /** What was published, oldest first. */
  published(topic?: 'conversions' | 'quarantine'): Promise<Record<string, unknown>[]>;
  lines: { level: string; message: string; fields: Record<string, unknown> }[];
  /** Forgets everything but the tables. */
  reset(): Promise<void>;
  close(): Promise<void>;
}

/** Sync on an embedded database and its bus, with secrets by partner/name. It waits for nothing. */
export async function startTestSync(secrets: Record<string, string> = {}): Promise<TestSync> {
  const { db: database, close } = await openDatabase('memory://');
  const db = database as unknown as SyncDatabase;
  await migrateSync(db);
  const bus: Bus = createTableBus(database);
  const { log, lines } = testLog();
  return {
    parts: { db, bus, secrets: secretsFrom(secrets), log, wait: async () => {} },
    lines,
    async published(topic = 'conversions') {
      const rows = await database.selectFrom('messages').select('data').where('topic', '=', topic).orderBy('seq').execute(); // prettier-ignore
      return rows.map(({ data }) => JSON.parse(data) as Record<string, unknown>);
    },
    async reset() {
      lines.length = 0;
      await sql`truncate messages, sync_rows, sync_runs, sync_cursors`.execute(database);
    },
    async close() {
      await bus.close();
      await close();
    },
  };
}

export function testLog(): { log: Log; lines: TestSync['lines'] } {
  const lines: TestSync['lines'] = [];
  const at =
    (level: string) =>
    (message: string, fields: Record<string, unknown> = {}) =>
      void lines.push({ level, message, fields });
  return { log: { info: at('info'), warn: at('warn'), error: at('error'), close: async () => {} }, lines };
}

const secretsFrom = (values: Record<string, string>): SecretSource => ({
  read: async (partner, name) => values[`${partner}/${name}`] ?? Promise.reject(new Error(`the secret ${name} of ${partner} has no value`)), // prettier-ignore
  writable: () => {
    throw new Error('nothing is written here');
  },
});
