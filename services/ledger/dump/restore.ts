import { sql } from 'kysely';
import { writeAudit, type Trx } from '../audit.ts';
import { executedMigrations, migrate } from '../database.ts';
import type { Intake } from '../intake.ts';
import { migrations } from '../migrations.ts';
import type { Ledger } from '../tables.ts';
import { readKeptTables, setSequence, type Table } from './catalog.ts';
import type { Head } from './format.ts';
import { LeftBus } from './leftBus.ts';
import { linesOf } from './lines.ts';
import { readDump, type Reading } from './read.ts';
import { Writer } from './writer.ts';

export interface Restored {
  /** When the dump was made. */
  madeAt: string;
  /** Rows by table; of the embedded bus none where this is a server's database. */
  rows: Record<string, number>;
  /** Messages of the embedded bus that its ledger had not recorded yet: recorded now. */
  recorded: number;
}

/**
 * Fills an empty ledger from a dump, in one transaction: all of it or nothing. Rejects with a sentence where the ledger is not empty, or
 * the dump is not whole, or newer than this code.
 */
export async function restoreLedger(
  db: Ledger,
  pieces: AsyncIterable<string>,
  { who, intake }: { who: string; intake: Intake },
): Promise<Restored> {
  const { head, rows } = await readDump(linesOf(pieces));
  await bringTables(db, head);
  const restored = await db.transaction().execute(async (trx) => {
    const tables = await readKeptTables(trx);
    await takeEmpty(trx, tables);
    const done = await fill(trx, { head, rows }, tables, intake);
    const after = { madeAt: head.madeAt, rows: done.rows };
    await writeAudit(trx, { who, what: 'ledger restored', subject: 'ledger', after });
    return done;
  });
  await migrate(db);
  return { madeAt: head.madeAt, ...restored };
}

/** To where they were when the dump was made; what came since then is done to its rows afterwards. */
async function bringTables(db: Ledger, { migrations: { ledger } }: Head): Promise<void> {
  const unknown = ledger.find((name) => !Object.hasOwn(migrations, name));
  if (unknown !== undefined)
    throw new Error(`this dump was made by a newer LinkShare (it has ${unknown}): restore it with that one or a newer`); // prettier-ignore
  const done = await executedMigrations(db);
  const beyond = done.find((name) => !ledger.includes(name));
  if (beyond !== undefined)
    throw new Error(`this dump is older than the tables here (they have ${beyond}): restore it into a new database that has none yet`); // prettier-ignore
  await migrate(db, ledger.at(-1));
}

/** Nobody else writes until we are done, and what was written before is not written over. */
async function takeEmpty(trx: Trx, tables: readonly Table[]): Promise<void> {
  await sql`lock table ${sql.join(tables.map(({ name }) => sql.table(name)))} in share row exclusive mode`.execute(trx); // prettier-ignore
  for (const { name } of tables) {
    const { rows } = await sql`select 1 from ${sql.table(name)} limit 1`.execute(trx);
    if (rows.length > 0)
      throw new Error(`the ledger here is not empty (${name} has rows): restore into a new database or data folder`); // prettier-ignore
  }
}

async function fill(
  trx: Trx,
  { head, rows }: Reading,
  tables: readonly Table[],
  intake: Intake,
): Promise<Omit<Restored, 'madeAt'>> {
  const bus = new LeftBus(head, tables);
  const counts: Record<string, number> = {};
  const writer = new Writer(trx, columnsOf(head, tables, bus));
  for await (const { table, row } of rows) {
    if (bus.takes(table)) {
      bus.note(table, row);
      continue;
    }
    await writer.add(table, row);
    counts[table] = (counts[table] ?? 0) + 1;
  }
  await writer.flush();
  for (const [name, last] of Object.entries(head.sequences))
    if (!bus.takes(name.split('_')[0]!)) await setSequence(trx, name, last);
  return { rows: counts, recorded: await bus.record(trx, intake) };
}

/** Of each table of the dump its columns with their types here. Throws for what is not known here. */
function columnsOf(head: Head, tables: readonly Table[], bus: LeftBus): Map<string, Map<string, string>> {
  const wanted = Object.entries(head.tables).filter(([name]) => !bus.takes(name));
  return new Map(
    wanted.map(([name, columns]) => {
      const known = tables.find((each) => each.name === name)?.columns ?? new Map<string, string>();
      const unknown = columns.find((column) => !known.has(column));
      if (unknown !== undefined)
        throw new Error(`the dump has ${name}.${unknown}, which is not known here: restore it with the LinkShare that made it, or a newer`); // prettier-ignore
      return [name, new Map(columns.map((column) => [column, known.get(column)!]))];
    }),
  );
}
