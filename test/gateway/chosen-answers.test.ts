import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { pickyPartner } from '../support/partners.ts';

let gateway: TestGateway;
beforeAll(async () => (gateway = await startTestGateway({ partners: [pickyPartner] })));
afterAll(() => gateway.stop());

it.each([
  ['kept', 'id=1&status=ok', 200, '1'],
  ['repeat', 'id=1&status=ok', 200, 'DUP'],
  ['quarantined', 'id=1&status=wow', 200, 'LATER'],
  ['probe', 'id=1&status=ping', 204, ''],
])('answers "%s" as the manifest says', async (outcome, query, status, body) => {
  gateway.lines.length = 0;
  const answer = await gateway.send({ path: '/picky', query: `token=example-token&${query}` });
  expect([gateway.lines[0]?.fields.outcome, answer.status, answer.body]).toEqual([outcome, status, body]);
});
