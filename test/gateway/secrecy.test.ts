import { afterAll, beforeAll, expect, it } from 'vitest';
import { topics } from '../../services/runtime/bus.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { partnerFrom } from '../support/partners.ts';

const canary = 'CANARY+7f3a/9c1e=';
const fields =
  'fields: { conversionId: id, publisherRef: sub, commission: payout currency, status: { from: status, approved: ok } }';
const places = {
  query: 'query.token',
  header: 'header.x-token',
  bearer: 'header.authorization.bearer',
  basic: 'header.authorization.basic',
  body: 'token',
};
const partners = [
  ...Object.entries(places).map(([id, at]) =>
    partnerFrom(`{id: ${id}, name: N, path: /${id}, verify: {secret: s, at: ${at}}, ${fields}}`),
  ),
  partnerFrom(
    `{id: inpath, name: N, path: "/inpath/{token}", verify: {secret: s, at: path.token}, ${fields}}`,
  ),
];

let gateway: TestGateway;
beforeAll(async () => {
  let calls = 0;
  // Every fourth publish fails, so that the journal is written too.
  const wrapBus = (bus: Parameters<NonNullable<Parameters<typeof startTestGateway>[0]['wrapBus']>>[0]) => ({
    ...bus,
    publish: (...args: Parameters<typeof bus.publish>) =>
      ++calls % 4 === 0 ? Promise.reject(new Error('full')) : bus.publish(...args),
  });
  gateway = await startTestGateway({ partners, wrapBus });
  gateway.secrets = { s: canary };
});
afterAll(() => gateway.stop());

const written = [
  canary,
  encodeURIComponent(canary),
  JSON.stringify(canary).slice(1, -1),
  Buffer.from(canary).toString('base64'),
];
const good = 'id=1&status=ok&payout=1&currency=EUR';

it('keeps a secret out of every log line and every message, wherever it was sent', async () => {
  const encoded = encodeURIComponent(canary);
  const statuses = new Set<number>();
  for (const changes of [
    '',
    '&x=1',
    '&status=wow',
    '&sub=' + encoded,
    '&payout=' + encoded,
    '&currency=' + encoded,
    '&status=' + encoded,
  ])
    for (const brought of [canary, 'wrong' + canary]) {
      const inUrl = encodeURIComponent(brought);
      const query = `${good}${changes}`;
      const requests = [
        { path: '/query', query: `token=${inUrl}&${query}` },
        { path: '/query', query: `to%6ben=${inUrl}&${query}` },
        { path: '/header', query, headers: { 'x-token': brought, 'user-agent': brought } },
        { path: '/bearer', query, headers: { authorization: `Bearer ${brought}` } },
        {
          path: '/basic',
          query,
          headers: { authorization: `Basic ${Buffer.from(brought).toString('base64')}` },
        },
        { path: '/body', method: 'POST', body: Buffer.from(`token=${inUrl}&${query}`) },
        {
          path: '/body',
          method: 'POST',
          body: Buffer.from(
            JSON.stringify({ token: brought, id: 1, status: 'ok', payout: canary, currency: 'EUR' }),
          ),
        },
        { path: '/body', method: 'POST', body: Buffer.from(`{"token": ${JSON.stringify(brought)}, "id": `) },
        { path: `/inpath/${inUrl}`, query },
      ];
      for (const request of requests) statuses.add((await gateway.send(request)).status);
    }
  expect([...statuses].sort()).toEqual([200, 202, 401, 503]);
  const messages = await Promise.all(topics.map((topic) => gateway.kept(topic)));
  expect(messages.map(({ length }) => length > 0)).toEqual([true, true, true]);
  const texts = [
    ...gateway.lines,
    ...messages.flat().map(({ data, attributes }) => [JSON.parse(data), attributes]),
  ];
  const leaking = texts
    .map((text) => JSON.stringify(text))
    .filter((text) => written.some((form) => text.includes(form)));
  expect(leaking.slice(0, 3)).toEqual([]);
});
