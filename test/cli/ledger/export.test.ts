import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openEmbeddedLedger } from '../../../services/ledger/embedded.ts';
import { record } from '../../../services/ledger/record.ts';
import { openDatabase } from '../../../services/runtime/embedded/database.ts';
import { ending, withPartners } from '../../support/cli.ts';
import { anEvent } from '../../support/events.ts';
import { settings } from '../../support/fullLedger.ts';

it('a closed month is exported from a data folder, for the publisher and for ourselves', async () => {
  const env = withPartners();
  const { db: database, close } = await openDatabase(join(env.DATA_DIR, 'database'));
  const occurredAt = '2026-10-20T13:15:03.000Z';
  const sale = { publisherRef: 'MKK-home', commission: { amount: '2.975', currency: 'USD' }, occurredAt };
  await record(await openEmbeddedLedger(database), [anEvent(sale)], settings);
  await close();
  const payout = (...args: string[]) => ending(env, ['payout', ...args, '2026-10', '--publisher', 'mkk']);
  expect((await payout('close')).code).toBe(0);

  const file = join(env.DATA_DIR, 'october.csv');
  expect(await payout('export', '--out', file)).toMatchObject({ code: 0, out: [`${file}: 1 lines`] });
  const [head, line] = readFileSync(file, 'utf8').split('\r\n');
  expect(head).not.toMatch(/commission|margin/);
  expect(line).toContain(',earned,2.67,USD,');
  await payout('export', '--internal', '--out', file);
  expect(readFileSync(file, 'utf8')).toContain(',2.975,2.67,0.305,USD');
});
