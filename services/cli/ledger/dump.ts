import { createReadStream, existsSync } from 'node:fs';
import { join } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import type { Command } from 'commander';
import { migrate, namesDatabase, openNamedDatabase } from '../../ledger/database.ts';
import { linesOf } from '../../ledger/dump/lines.ts';
import { readDump } from '../../ledger/dump/read.ts';
import { restoreLedger, type Restored } from '../../ledger/dump/restore.ts';
import { dumpInto } from '../../ledger/dump/stream.ts';
import { createIntake } from '../../ledger/intake.ts';
import type { Ledger } from '../../ledger/tables.ts';
import { writeFileBy } from '../../runtime/wholeFile.ts';
import { readConfig } from '../../runtime/config.ts';
import { streamServer } from '../../runtime/embedded/lock.ts';
import { inFolder, underLock } from '../folder.ts';
import { inPostgres, partnersFor, settingsFor, whoAsks } from './ask.ts';
import { common, type Common } from './options.ts';

/** `dump --to FILE` and `restore FILE`. */
export function addDumpCommands(program: Command, env: NodeJS.ProcessEnv): void {
  program
    .command('dump')
    .description('Write all of the ledger into a file, as of one moment')
    .requiredOption('--to <file>', 'mode 0600: it holds secrets of postbacks, and what names people')
    .action(async ({ to }: { to: string }) => {
      const rows = await dump(env, to);
      console.log(`${to} holds ${sumOf(rows)}. It holds secrets of publishers' postbacks and what names people: keep it as you keep the database`); // prettier-ignore
    });
  common(
    program
      .command('restore')
      .description('Fill an empty database or a new data folder from a dump: all of it, or nothing')
      .argument('<file>'),
  ).action(async (file: string, { by, json }: Common) => {
    const restored = await restore(env, file, by ?? whoAsks(env));
    if (json) return console.log(JSON.stringify(restored, null, 2));
    const { madeAt, rows, recorded } = restored;
    console.log(`${sumOf(rows)} are restored, as of ${madeAt}`);
    if (recorded > 0) console.log(`${recorded} messages that the embedded bus held unrecorded are recorded`);
  });
}

function sumOf(rows: Record<string, number>): string {
  const sum = Object.values(rows).reduce((a, b) => a + b, 0);
  return `${sum} rows (${rows.conversions ?? 0} conversions, ${rows.events ?? 0} events)`;
}

/** The file has its name once it is whole. Resolves to its rows by table. */
async function dump(env: NodeJS.ProcessEnv, file: string): Promise<Record<string, number>> {
  const { dataDir } = readConfig(env);
  const from = async (source: Readable) => {
    let rows: Record<string, number> = {};
    await writeFileBy(file, async (write) => void (rows = await copy(source, write)), 0o600);
    return rows;
  };
  const fromDatabase = (db: Ledger) => {
    const through = new PassThrough();
    const dumped = dumpInto(through, db, new Date());
    return Promise.all([from(through.setEncoding('utf8')), dumped]).then(([rows]) => rows);
  };
  if (namesDatabase(env)) return inPostgres(env, fromDatabase);
  if (!existsSync(join(dataDir, 'database'))) throw new Error(`there is no database in ${dataDir}`);
  return inFolder(dataDir, {
    async ask() {
      const source = await streamServer(dataDir, '/dump');
      return source && from(source);
    },
    async open(database) {
      const db = database as unknown as Ledger;
      await migrate(db);
      return fromDatabase(db);
    },
  });
}

/** Reads it as a restore would, while it is written: what is not whole is no dump. */
async function copy(source: Readable, write: (text: string) => Promise<void>) {
  async function* copied() {
    for await (const piece of source as AsyncIterable<string>) {
      await write(piece);
      yield piece;
    }
  }
  const { rows } = await readDump(linesOf(copied()));
  for (let next = await rows.next(); ; next = await rows.next()) if (next.done) return next.value;
}

async function restore(env: NodeJS.ProcessEnv, file: string, who: string): Promise<Restored> {
  const { dataDir, partnersDir } = readConfig(env);
  const settings = settingsFor(env, partnersFor(env, partnersDir));
  if (!existsSync(file)) throw new Error(`there is no file ${file}`);
  const into = (db: Ledger) => restoreLedger(db, piecesOf(file), { who, intake: createIntake(db, settings) });
  if (!namesDatabase(env)) return underLock(dataDir, (database) => into(database as unknown as Ledger));
  const { db, close } = await openNamedDatabase({ ...env, DB_CONNECTIONS: '1' });
  return into(db).finally(close);
}

async function* piecesOf(file: string): AsyncGenerator<string> {
  yield* createReadStream(file, 'utf8') as AsyncIterable<string>;
}
