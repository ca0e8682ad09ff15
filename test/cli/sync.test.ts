import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { emptyFolder } from '../support/folder.ts';
import { ending, shop, withPartners } from '../support/cli.ts';

const filed = `id: filed
name: Filed
report: { from: csv, fields: { conversionId: Order_ID, status: { from: Status, approved: ok, rejected: no } } }
`;
const fetched = filed.replaceAll('filed', 'fetched').replace('csv', 'shopee-conversions');

it('linkshare sync imports a file once, says what is missing for another, and how each stands', async () => {
  const env = withPartners({ 'shop/manifest.yaml': shop, 'filed/manifest.yaml': filed, 'fetched/manifest.yaml': fetched }); // prettier-ignore
  const file = join(emptyFolder(), 'a.csv');
  writeFileSync(file, 'Order ID,Status\n1,ok\n2,huh\n');
  const sync = (...args: string[]) => ending(env, ['sync', ...args]);
  expect((await sync('import', 'filed', file)).out[0]).toMatch('filed: 2 rows, 1 news, 0 as before, 1 unreadable (1 of them put aside now'); // prettier-ignore
  expect((await sync('import', 'filed', file)).out[0]).toMatch('2 rows, 0 news, 1 as before, 1 unreadable (0 of them'); // prettier-ignore
  expect(await sync('import', 'filed', '/nowhere.csv')).toMatchObject({ code: 2, failed: 'there is no file /nowhere.csv' }); // prettier-ignore
  expect((await sync('run', 'filed')).failed).toMatch('the report of filed is a file: linkshare sync import');
  expect((await sync('run', 'shop')).failed).toMatch('shop has no report');
  expect((await sync('run', 'nobody')).failed).toMatch('there is no partner "nobody"; those with a report: fetched, filed'); // prettier-ignore
  expect(await sync('run', 'fetched')).toMatchObject({ code: 1, failed: expect.stringMatching(/the secret app-id of fetched has no value: .*put it into the file .*secrets\/fetched\/app-id/) }); // prettier-ignore
  const status = JSON.parse((await sync('status', '--json')).out[0]!) as { partner: string; state: string }[];
  expect(status.map(({ partner, state }) => `${partner}: ${state.slice(0, 18)}`)).toEqual(['fetched: the secret app-id ', 'filed: whole']); // prettier-ignore
});
