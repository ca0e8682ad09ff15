import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conversionEvent } from '../../services/contract/event.ts';
import { eventId } from '../../services/contract/id.ts';
import { quarantineRecord, refusedRecord } from '../../services/contract/records.ts';
import type { Decision, Partner } from '../../services/manifest/compile.ts';
import { loadPartner } from '../../services/manifest/load/load.ts';
import type { Incoming } from '../../services/manifest/read/request.ts';
import { allCanary, canary, decide, eventsOf, now, partner, request } from '../support/manifest.ts';

const one = (changes: object, query: string) => eventsOf(decide(partner({ ...changes }), { query }))[0]!;

describe('what a manifest leaves out', () => {
  test('has its usual value', () => {
    expect(partner()).toMatchObject({
      id: 'acme',
      secretNames: ['postback-token'],
      repeatWindow: 3_600_000,
      paysUnverified: false,
      answerWithin: 8000,
      maxBody: 128_000,
    });
  });

  test('or the one it says', () => {
    const said = { hints: 'paid', repeat: { window: '2d' }, deploy: { answerWithin: '3s', maxBody: '16kB' } };
    expect(partner(said)).toMatchObject({
      repeatWindow: 172_800_000,
      paysUnverified: true,
      answerWithin: 3000,
      maxBody: 16_000,
    });
    expect(partner({ hints: 'held' }).paysUnverified).toBe(false);
  });

  test('each secret is named once', () => {
    const verify = [
      { secret: 'a', at: 'x' },
      { secret: 'b', at: 'y' },
      { secret: 'a', at: 'z' },
      { none: 'the old one', until: '2027-01-01' },
    ];
    expect(partner({ verify }).secretNames).toEqual(['a', 'b']);
  });

  test('paths are owned whole', () => {
    const acme = partner();
    const paths = ['/acme/event', '/acme/event/', '/acme', '/acme/events', '/x'];
    expect(paths.filter((path) => acme.owns(path))).toEqual(['/acme/event', '/acme/event/']);
  });
});

describe('an event', () => {
  test('says when it came, by what way, and whose it is', () => {
    expect(one({}, 'id=1&status=ok')).toEqual({
      version: 1,
      id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      key: 'acme//1/',
      partner: 'acme',
      conversionId: '1',
      status: 'approved',
      partnerStatus: 'ok',
      subIds: [],
      test: false,
      verified: true,
      via: 'postback',
      extra: {},
      receivedAt: '2026-11-24T12:00:00.000Z',
      raw: { method: 'GET', path: '/acme/event', query: 'id=1&status=ok', headers: { 'x-token': '***' } },
    });
  });

  test('has the id of what it reports', () => {
    const event = one({ fields: { clickId: 'c' } }, 'id=1&status=ok&c=2');
    expect(event.id).toBe(eventId(event));
  });

  test('has one id whenever it comes and whatever else the request holds', () => {
    const to = partner();
    const at = (sent: object, date: string) => eventsOf(decide(to, sent, { at: new Date(date) }))[0]!.id;
    const first = at({ query: 'id=1&status=ok' }, '2026-11-24T12:00:00Z');
    expect(at({ query: 'status=ok&id=1&more=x' }, '2026-12-24T12:00:00Z')).toBe(first);
    expect(
      at({ json: { id: 1, status: 'ok' }, headers: { 'user-agent': 'x' } }, '2026-12-24T12:00:00Z'),
    ).toBe(first);
  });

  test('that nothing proves has another', () => {
    const unproven = { verify: { none: 'they cannot', until: '2027-01-01' } };
    expect(one(unproven, 'id=1&status=ok').verified).toBe(false);
    expect(one(unproven, 'id=1&status=ok').id).not.toBe(one({}, 'id=1&status=ok').id);
  });
});

describe('which conversion it is', () => {
  const fields = { account: 'acc?', lineId: 'line?' };

  test.each([
    [undefined, 'acme//1/2'],
    [['conversionId'], 'acme//1/'],
    [['account', 'conversionId'], 'acme/A/1/'],
    [['account', 'conversionId', 'lineId'], 'acme/A/1/2'],
  ])('identity %o: %s', (identity, key) => {
    const event = one({ fields, ...(identity && { identity }) }, 'id=1&status=ok&acc=A&line=2');
    expect(event.key).toBe(key);
    expect(event, 'both are kept, identity or not').toMatchObject({ account: 'A', lineId: '2' });
  });

  const identity = ['account', 'conversionId', 'lineId'];
  test('of what a hint did not send there is an empty part', () => {
    const verify = { none: 'the older template', until: '2027-01-01' };
    expect(one({ fields, identity, verify }, 'id=1&status=ok').key).toBe('acme//1/');
  });

  test('a verified sale without a part of it is put aside: it would be another sale when that part comes', () => {
    const decision = decide(partner({ fields, identity }), { query: 'id=1&status=ok' });
    expect(decision).toMatchObject({
      is: 'quarantined',
      record: { reasons: [{ field: 'account' }, { field: 'lineId' }] },
    });
  });
});

describe('a quarantined request', () => {
  const quarantine = (query: string, changes = {}) => {
    const decision = decide(partner(changes), { query });
    if (decision.is !== 'quarantined') throw new Error(decision.is);
    return decision.record;
  };

  test('is kept whole, with the verdict of its verification and its reasons', () => {
    expect(quarantine('id=1&status=odd')).toEqual({
      version: 1,
      id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      partner: 'acme',
      receivedAt: '2026-11-24T12:00:00.000Z',
      verified: true,
      raw: { method: 'GET', path: '/acme/event', query: 'id=1&status=odd', headers: { 'x-token': '***' } },
      reasons: [{ field: 'status', why: 'is a word this manifest does not know', value: 'odd' }],
    });
  });

  test('is unverified where nothing was proven', () => {
    const none = { verify: { none: 'they cannot', until: '2027-01-01' } };
    expect(quarantine('id=1&status=odd', none).verified).toBe(false);
  });

  test('sent again has its id; another request has another', () => {
    const { id } = quarantine('id=1&status=odd');
    expect(quarantine('id=1&status=odd').id).toBe(id);
    expect(quarantine('id=1&status=odd&x').id).not.toBe(id);
  });

  test('and so has another verdict of what looks the same once its secret is masked', () => {
    const verify = [
      { secret: 'postback-token', at: 'token' },
      { none: 'the old template', until: '2027-01-01' },
    ];
    const proven = quarantine(`token=${canary}&id=1&status=odd`, { verify });
    const unproven = quarantine('token=&id=1&status=odd', { verify });
    expect(unproven.raw).toEqual(proven.raw);
    expect([proven.verified, unproven.verified]).toEqual([true, false]);
    expect(unproven.id).not.toBe(proven.id);
  });
});

describe('a refused request', () => {
  const wrong = { headers: { 'x-token': 'wrong' } };
  const refuse = (sent: object, changes = {}) => {
    const decision = decide(partner(changes), { ...wrong, ...sent });
    if (decision.is !== 'refused') throw new Error(decision.is);
    return decision;
  };

  test('is kept if it names a conversion', () => {
    expect(refuse({ query: 'id=1&status=odd' })).toEqual({
      is: 'refused',
      why: 'brings a wrong secret',
      record: {
        version: 1,
        id: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
        partner: 'acme',
        receivedAt: '2026-11-24T12:00:00.000Z',
        conversionId: '1',
        why: 'brings a wrong secret',
        secretHint: expect.stringMatching(/^[0-9a-f]{8}$/) as string,
        raw: { method: 'GET', path: '/acme/event', query: 'id=1&status=odd', headers: { 'x-token': '***' } },
      },
    });
  });

  test.each(['', 'id=', 'id=%7Bid%7D', 'id=1&id=2', 'id=%FF', `id=${'x'.repeat(513)}`])(
    'is not kept if it names none: %s',
    (query) => {
      expect(refuse({ query })).toEqual({ is: 'refused', why: 'brings a wrong secret' });
    },
  );

  test('names it in the words of any variant', () => {
    const variants = [
      { when: 'a', fields: { conversionId: 'aid' } },
      { when: 'b', fields: { conversionId: { from: 'bid' } } },
    ];
    expect(refuse({ query: 'bid=7' }, { variants }).record?.conversionId).toBe('7');
  });

  test('names the first of its items', () => {
    const items = { each: { order: 'orders' }, fields: { conversionId: 'order.id' } };
    expect(refuse({ json: { orders: [{ id: '7' }, { id: '8' }] } }, items).record?.conversionId).toBe('7');
  });
});

const involve = loadPartner('partners/involve');
const each = partner({
  each: { order: 'orders', line: 'order.lines' },
  fields: {
    conversionId: 'order.id',
    lineId: 'line.id',
    status: { from: 'order.status', approved: 'ok*', ignored: 'ping' },
    commission: 'line.pay line.currency',
    occurredAt: 'order.at? Asia/Kuala_Lumpur',
    subIds: ['order.s1', 'query.s2'],
    extra: ['constructor', 'header.user-agent'],
  },
});
const signed = partner({
  path: '/acme/{token}/event',
  verify: [
    { secret: 'postback-token', at: 'path.token' },
    {
      secret: 'key',
      at: 'header.x-signature.v1',
      by: 'hmac-sha256',
      of: '{header.t}.{body}',
      sentAt: 'header.t',
    },
    { none: 'the old template', until: '2026-11-30', addresses: ['198.51.100.0/24'] },
  ],
  fields: { clickId: 'header.t?', status: { from: 'status', default: 'pending', approved: '*' } },
});

const name = fc.constantFrom(
  'id', 'status', 'token', 'conversion_id', 'aff_sub', 'event_time', 'sub_id', 'usd_payout', 'rewars', 'click_id',
  'datetime_conversion', 'orders', 'lines', 's1', 's2', 'pay', 'currency', 'at', '__proto__', 'constructor', 'toString',
); // prettier-ignore
const value = fc.oneof(
  fc.constantFrom(
    '1',
    'ok',
    'Approved',
    '',
    '1.50',
    'USD',
    '2026-11-20 21:15:03',
    '{x}',
    canary,
    '%FF',
    '%00',
    '+',
  ),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => encodeURIComponent(text.toWellFormed())),
  fc.string({ unit: 'binary-ascii', maxLength: 700 }),
);
const pairs = fc
  .array(fc.tuple(name, value), { maxLength: 8 })
  .map((all) => all.map(([n, v]) => `${n}=${v}`).join('&'));
const line = fc.record({ id: value, pay: value, currency: value }, { requiredKeys: [] });
const order = fc.record(
  { id: value, status: value, at: value, s1: value, lines: fc.array(line, { maxLength: 3 }) },
  { requiredKeys: [] },
);
const json = fc.oneof(
  fc.record({ orders: fc.array(order, { maxLength: 3 }) }),
  fc.dictionary(name, fc.oneof(value, fc.integer(), fc.constant(null), fc.array(value, { maxLength: 2 }))),
  fc.jsonValue(),
);
const bodies = fc.oneof(
  fc.constant(new Uint8Array()),
  pairs.map((text) => Buffer.from(text)),
  json.map((sent) => Buffer.from(JSON.stringify(sent) ?? 'null')),
  fc.uint8Array({ maxLength: 100 }),
);
const segment = fc.oneof(
  fc.constantFrom('acme', 'event', 'involve', canary, '%', '%FF', ''),
  fc.webSegment(),
);
const requests: fc.Arbitrary<Incoming> = fc.record(
  {
    method: fc.constantFrom('GET', 'POST', 'HEAD', 'PUT', ''),
    path: fc.oneof(
      fc.constantFrom('/acme/event', '/involve/event', `/acme/${canary}/event`, '/acme/x/event/'),
      fc.array(segment).map((segments) => `/${segments.join('/')}`),
    ),
    query: fc.oneof(pairs, fc.string({ maxLength: 200 })),
    headers: fc.dictionary(
      fc.constantFrom('x-token', 't', 'x-signature', 'content-type', 'user-agent', 'authorization'),
      fc.oneof(
        fc.constantFrom(canary, '', 'application/json', 'v1=ab', '1795521600', `Bearer ${canary}`),
        fc.string({ unit: 'binary-ascii' }),
        fc.array(fc.string(), { maxLength: 2 }),
        fc.constant(undefined),
      ),
    ),
    body: bodies,
    address: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('198.51.100.7', 'unknown')),
  },
  { requiredKeys: ['method', 'path', 'query', 'headers', 'body'] },
);

/** What every decision promises, whatever was sent. Gives its kind. */
function checkDecision(decision: Decision): Decision['is'] {
  switch (decision.is) {
    case 'conversions':
      expect(decision.events.length).toBeGreaterThan(0);
      for (const event of decision.events) {
        conversionEvent.parse(event);
        expect(event.id).toBe(eventId(event));
      }
      expect(decision.events.filter(({ raw }) => raw !== undefined)).toHaveLength(1);
      break;
    case 'quarantined':
      quarantineRecord.parse(decision.record);
      break;
    case 'refused':
      if (decision.record) refusedRecord.parse(decision.record);
      break;
    case 'probe':
      expect(decision.why).not.toContain('undefined');
  }
  expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
  return decision.is;
}

describe('for every request there is exactly one decision, and it keeps to the contract', () => {
  const partners: [string, Partner][] = [
    ['involve', involve],
    ['a partner with items', each],
    ['a partner with three ways to verify', signed],
    ['a small partner', partner()],
  ];

  test.each(partners)('%s', (_, to) => {
    fc.assert(
      fc.property(requests, fc.boolean(), (incoming, authentic) => {
        const headers = authentic ? { ...incoming.headers, 'x-token': canary } : incoming.headers;
        checkDecision(to.decide({ ...incoming, headers }, allCanary, now));
      }),
      { numRuns: 300 },
    );
  });

  test('these requests come to every kind of decision', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(requests, fc.boolean(), (incoming, authentic) => {
        const headers = authentic ? { ...incoming.headers, 'x-token': canary } : incoming.headers;
        for (const [, to] of partners) seen.add(to.decide({ ...incoming, headers }, allCanary, now).is);
      }),
      { numRuns: 500, seed: 1 },
    );
    expect([...seen].sort()).toEqual(['conversions', 'probe', 'quarantined', 'refused']);
  });

  test('deciding twice decides the same', () => {
    fc.assert(
      fc.property(requests, (incoming) => {
        for (const [, to] of partners)
          expect(to.decide(incoming, allCanary, now)).toEqual(to.decide(incoming, allCanary, now));
      }),
      { numRuns: 100 },
    );
  });

  /** All that is kept or told of a request, but for the values that the manifest makes fields of. */
  const told = (decision: Decision): unknown => {
    if (decision.is === 'conversions') return decision.events.map(({ raw }) => raw);
    return decision.is === 'refused'
      ? { ...decision, record: { ...decision.record, conversionId: '' } }
      : decision;
  };

  test('a live secret is in none of them, wherever it stood', () => {
    fc.assert(
      fc.property(requests, (incoming) => {
        for (const [, to] of partners)
          expect(JSON.stringify(told(to.decide(incoming, allCanary, now)))).not.toContain(canary);
      }),
      { numRuns: 200 },
    );
  });
});

test('HEAD is decided as GET is', () => {
  const [get, head] = ['GET', 'HEAD'].map((method) =>
    partner().decide(request({ method, query: 'id=1&status=ok' }), allCanary, now),
  );
  expect(head!.is).toBe(get!.is);
  expect(eventsOf(head!)[0]!.id).toBe(eventsOf(get!)[0]!.id);
});
