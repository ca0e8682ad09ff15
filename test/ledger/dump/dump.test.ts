import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { migrate } from '../../../services/ledger/database.ts';
import { readTables } from '../../../services/ledger/dump/catalog.ts';
import { dumpLedger } from '../../../services/ledger/dump/dump.ts';
import { restoreLedger } from '../../../services/ledger/dump/restore.ts';
import { createIntake } from '../../../services/ledger/intake.ts';
import { migrations } from '../../../services/ledger/migrations.ts';
import { record, refold } from '../../../services/ledger/record.ts';
import type { Ledger } from '../../../services/ledger/tables.ts';
import { createTableBus } from '../../../services/runtime/embedded/bus.ts';
import type { Database } from '../../../services/runtime/embedded/database.ts';
import { anEvent } from '../../support/events.ts';
import { allRows, ask, fillLedger, now, sale, settings } from '../../support/fullLedger.ts';
import { startTestLedger, type TestLedger } from '../../support/ledger.ts';
import { missingPostgres } from '../../support/postgres.ts';

type Engine = 'PGlite' | 'PostgreSQL';
const ways: [Engine, Engine][] = [
  ['PGlite', 'PostgreSQL'],
  ['PostgreSQL', 'PGlite'],
  ['PGlite', 'PGlite'],
  ['PostgreSQL', 'PostgreSQL'],
];

/** Tables whose rows are a comparison, an exchange or an erasure: tried where they are made. */
const written = /^(reconcile|sync|exchange)_|^erased$/;

async function textOf(db: Ledger): Promise<string> {
  let text = '';
  await dumpLedger(db, async (part) => void (text += part), now);
  return text;
}
const restore = (db: Ledger, text: string, size = 1_000) =>
  restoreLedger(db, pieces(text, size), { who: 'ann', intake: createIntake(db, settings) });
async function* pieces(text: string, size: number) {
  for (let at = 0; at < text.length; at += size) yield await Promise.resolve(text.slice(at, at + size));
}
/** The bus is the embedded one's; the audit has a line that tells of the restoring. */
const kept = async (db: Ledger) => {
  const { audit, ...rest } = await allRows(db, ['messages', 'cursors']);
  return { ...rest, audit: audit!.filter((row) => !row.includes('"ledger restored"')) };
};

/** Of each engine one to dump and one to restore into: an embedded database takes seconds to open where others need the machine too. */
const ledgers: Record<Engine, TestLedger[]> = { PGlite: [], PostgreSQL: [] };
beforeAll(async () => {
  for (const engine of ['PGlite', 'PostgreSQL'] as const)
    if (engine === 'PGlite' || missingPostgres === undefined)
      ledgers[engine] = [await startTestLedger(engine), await startTestLedger(engine)];
}, 600_000);
afterAll(() => Promise.all(Object.values(ledgers).flatMap((some) => some.map((each) => each.close()))));

describe.each(ways)('from %s to %s', (from, to) => {
  describe.skipIf(missingPostgres)('a dump', { timeout: 300_000 }, () => {
    let source: TestLedger;
    let target: TestLedger;
    beforeAll(async () => {
      [source, target] = [ledgers[from][0]!, ledgers[to][1]!];
      await source.reset();
      await fillLedger(source.db);
    });
    beforeEach(() => target.reset());

    it('restored is the same, row by row, in every table, and folds to the same', async () => {
      const before = await kept(source.db);
      const empty = Object.entries(before).filter(([name, rows]) => rows.length === 0 && !written.test(name));
      expect(empty, 'tables that this test has nothing in').toEqual([]);
      const { rows, recorded } = await restore(target.db, await textOf(source.db));
      expect(await kept(target.db)).toEqual(before);
      expect(rows).toMatchObject({ conversions: 4, events: 5 });
      expect(recorded).toBe(0);
      const keys = (await target.db.selectFrom('conversions').select('key').execute()).map(({ key }) => key);
      await target.db.transaction().execute(async (trx) => {
        expect(await refold(trx, keys, settings)).toEqual([]);
      });
      expect(await textOf(target.db)).toContain('"ledger restored"');
    });

    it('goes on where it was: numbers follow, what is known writes nothing', async () => {
      const numbers = async (db: Ledger) => (await sql<{ n: number }>`select max(seq)::int as n from events`.execute(db)).rows[0]!.n; // prettier-ignore
      await restore(target.db, await textOf(source.db), 7);
      const last = await numbers(target.db);
      expect(await record(target.db, [sale('1')], settings)).toBe(0);
      expect(await record(target.db, [sale('new')], settings)).toBe(1);
      expect(await numbers(target.db)).toBeGreaterThan(last);
      await ask(target.db, 'rule-add', { rule: { publisher: 'cary', kind: 'exact', value: 'new' } });
    });

    it('is refused whole where it was cut short or changed, wherever that is', async () => {
      const text = await textOf(source.db);
      const empty = await allRows(target.db);
      const lines = text.split('\n');
      const broken = [
        text.slice(0, -2),
        text.slice(0, text.length / 2),
        lines.slice(0, -2).join('\n'),
        lines.slice(0, 3).join('\n'),
        lines[0]!,
        lines.filter((_, i) => i !== 5).join('\n'),
        text.replace('2.975', '9.975'),
        `${text}{"audit":{}}\n`,
        text.replace('"sequences":{', '"sequences":{"events_seq_seq":"1",'),
      ];
      for (const each of broken) {
        await expect(restore(target.db, each)).rejects.toThrow(/not whole|already exists|no dump/);
        expect(await allRows(target.db)).toEqual(empty);
      }
      await restore(target.db, text);
    });

    it('is not restored over anything', async () => {
      const text = await textOf(source.db);
      await record(target.db, [anEvent({})], settings);
      const before = await allRows(target.db);
      await expect(restore(target.db, text)).rejects.toThrow(/is not empty \(\w+ has rows\)/);
      expect(await allRows(target.db)).toEqual(before);
    });

    it('that is no dump, or a newer one, is refused with a sentence', async () => {
      const text = await textOf(source.db);
      const last = Object.keys(migrations).at(-1)!;
      const cases: [string, string][] = [
        ['', 'no dump'],
        ['-- PostgreSQL database dump', 'no dump'],
        [text.replace('"version":1', '"version":2'), 'format 2, and this LinkShare reads 1'],
        [text.replace(`"${last}"]`, `"${last}","999-later"]`), 'newer LinkShare (it has 999-later)'],
        [text.replace(`,"${last}"]`, ']'), `the tables here (they have ${last})`],
      ];
      for (const [each, why] of cases) await expect(restore(target.db, each)).rejects.toThrow(why);
    });
  });
});

describe.skipIf(missingPostgres)('with several at work', () => {
  let ledger: TestLedger;
  beforeEach(async () => {
    ledger = ledgers.PostgreSQL[0]!;
    await ledger.reset();
  });

  it('a dump is of one moment: what is recorded meanwhile is not in it', async () => {
    await fillLedger(ledger.db);
    const before = await textOf(ledger.db);
    let text = '';
    let meanwhile: Promise<number> | undefined;
    const write = async (part: string) => {
      text += part;
      meanwhile ??= record(ledger.db, [sale('1', { status: 'rejected', receivedAt: '2026-12-01T00:00:00.000Z' }), sale('later')], settings); // prettier-ignore
      await meanwhile;
    };
    await dumpLedger(ledger.db, write, now);
    const rows = (of: string) => of.split('\n').slice(1, -2);
    expect(rows(text)).toEqual(rows(before));
    expect(await textOf(ledger.db)).not.toBe(text);
  });

  it('of two that restore at once one does', async () => {
    await fillLedger(ledger.db);
    const text = await textOf(ledger.db);
    await ledger.reset();
    const ends = await Promise.allSettled([restore(ledger.db, text), restore(ledger.db, text)]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(ends.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { message: expect.stringContaining('is not empty') as string },
    });
  });

  it('what is recorded while a restore is under way waits for it, and is kept', async () => {
    await fillLedger(ledger.db);
    const text = await textOf(ledger.db);
    await ledger.reset();
    let recorded: Promise<number> | undefined;
    async function* slowly() {
      for await (const piece of pieces(text, 20_000)) {
        yield piece;
        recorded ??= record(ledger.db, [sale('1'), sale('meanwhile')], settings);
      }
    }
    await restoreLedger(ledger.db, slowly(), { who: 'ann', intake: createIntake(ledger.db, settings) });
    expect(await recorded).toBe(1);
    expect(await ledger.db.selectFrom('conversions').select('key').execute()).toHaveLength(5);
  });
});

describe('the embedded bus', { timeout: 300_000 }, () => {
  const messages = (...ids: string[]) => ids.map((id) => ({ id, data: JSON.stringify(sale(id)), attributes: {} })); // prettier-ignore
  const busOf = async (db: Ledger) => {
    const { messages, cursors } = await allRows(db);
    return { messages, cursors };
  };
  let source: TestLedger;
  beforeEach(async () => {
    source = ledgers.PGlite[0]!;
    await source.reset();
    const bus = createTableBus(source.db as unknown as Database);
    await bus.publish('conversions', messages('1', '2', '3'));
    await record(source.db, [sale('1'), sale('2')], settings);
    await source.db.insertInto('cursors').values({ topic: 'conversions', seq: 2 }).execute();
  });
  const empty = async (engine: Engine) => {
    const ledger = ledgers[engine][1]!;
    await ledger.reset();
    return ledger;
  };

  it('goes along into another data folder', async () => {
    const target = await empty('PGlite');
    await restore(target.db, await textOf(source.db));
    expect(await busOf(target.db)).toEqual(await busOf(source.db));
    await createTableBus(target.db as unknown as Database).publish('conversions', messages('4'));
    expect((await allRows(target.db)).messages).toHaveLength(4);
  });

  it.skipIf(missingPostgres)(
    'is not needed on a server: what it held unrecorded is recorded there',
    async () => {
      const target = await startTestLedger('PostgreSQL');
      const { recorded } = await restore(target.db, await textOf(source.db));
      expect(recorded).toBe(1);
      const sales = await target.db
        .selectFrom('conversions')
        .select('conversion_id')
        .orderBy('key')
        .execute();
      expect(sales.map(({ conversion_id: id }) => id)).toEqual(['1', '2', '3']);
      const back = await empty('PGlite');
      await restore(back.db, await textOf(target.db));
      expect(await busOf(back.db)).toEqual({ messages: [], cursors: [] });
    },
  );
});

it.skipIf(missingPostgres)(
  'an older dump is restored into new tables, which are then brought up to date',
  async () => {
    const postgres = await startTestLedger('PostgreSQL');
    await sql`create database older`.execute(postgres.db);
    const { openPostgres } = await import('../../../services/ledger/database.ts');
    const url = new URL((await sql<{ port: string }>`select 'postgres://ledger@127.0.0.1:' || current_setting('port') || '/older' as port`.execute(postgres.db)).rows[0]!.port); // prettier-ignore
    const older = openPostgres({ connectionString: url.href });
    await migrate(older.db, '004-statements');
    await older.db.insertInto('publishers').values({ id: 'mkk', name: 'MKK' }).execute();
    const text = await textOf(older.db);
    await older.close();
    await sql`create database fresh`.execute(postgres.db);
    url.pathname = '/fresh';
    const fresh = openPostgres({ connectionString: url.href });
    await restore(fresh.db, text);
    expect(await fresh.db.selectFrom('publishers').select('id').execute()).toEqual([{ id: 'mkk' }]);
    expect((await readTables(fresh.db)).map(({ name }) => name)).toContain('deliveries');
    await fresh.close();
    await postgres.close();
  },
);
