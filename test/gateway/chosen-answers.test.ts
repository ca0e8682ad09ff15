import { afterAll, beforeAll, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { partnerFrom, pickyPartner } from '../support/partners.ts';

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

it('says no in their words, with its code and what HTTP wants beside it', async () => {
  const answer = await gateway.send({ path: '/picky', query: 'token=wrong&id=1&status=ok' });
  expect([answer.status, answer.body]).toEqual([401, 'ERROR: invalid sha signature']);
  expect(answer.headers).toMatchObject({ 'www-authenticate': 'Postback', 'cache-control': 'no-store' });
});

it('says "try again" in their words, and when', async () => {
  let isBroken = false;
  const broken = await startTestGateway({
    wrapBus: (bus) => ({
      ...bus,
      publish: (topic, messages) => (isBroken ? Promise.reject(new Error('disk full')) : bus.publish(topic, messages)),
    }),
    partners: [partnerFrom(`
id: json
name: Json
path: /json
verify: { secret: token, at: token }
fields: { conversionId: id, status: { from: status, approved: ok } }
answers: { kept: '200 {"ok":true}', not kept: '500 {"retry":true}' }
`)],
  }); // prettier-ignore
  try {
    const sent = { path: '/json', query: 'token=example-token&id=1&status=ok' };
    const good = await broken.send(sent);
    expect([good.status, good.body]).toEqual([200, '{"ok":true}']);
    expect(good.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' });
    isBroken = true;
    const bad = await broken.send({ ...sent, query: 'token=example-token&id=2&status=ok' });
    expect([bad.status, bad.body]).toEqual([500, '{"retry":true}']);
    expect(bad.headers).toMatchObject({ 'retry-after': '5' });
  } finally {
    await broken.stop();
  }
});
