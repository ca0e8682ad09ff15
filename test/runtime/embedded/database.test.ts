import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, expect, it } from 'vitest';
import { createTableBus, recentMessages } from '../../../services/runtime/embedded/bus.ts';
import { openDatabase } from '../../../services/runtime/embedded/database.ts';

const root = mkdtempSync(join(tmpdir(), 'ls-database-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

it('keeps its rows over a restart, for its user only, and refuses a folder of a newer LinkShare', async () => {
  const folder = join(root, 'data', 'database');
  const first = await openDatabase(folder);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  await createTableBus(first.db).publish('conversions', [
    { id: 'a', data: '{"a":1}', attributes: { b: 'c' } },
  ]);
  await first.close();

  const second = await openDatabase(folder);
  const kept = await recentMessages(second.db, { topic: 'conversions', limit: 10 });
  expect(kept).toMatchObject([{ id: 'a', data: '{"a":1}', attributes: { b: 'c' } }]);
  await sql`insert into kysely_migration values ('999-future', now())`.execute(second.db);
  await second.close();

  await expect(openDatabase(folder)).rejects.toThrow(/could not be brought up to date: .*999-future/);
});
