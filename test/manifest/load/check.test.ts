import { describe, expect, test } from 'vitest';
import { problemsOf, type Data } from '../../support/manifest.ts';

const signed = { secret: 'key', at: 'header.x-sig', by: 'hmac-sha256' };

describe('parts that fit load', () => {
  test.each<[string, Data]>([
    ['a secret', { verify: { secret: 'key', at: 'token' } }],
    ['a secret in the path', { path: '/acme/{token}', verify: { secret: 'key', at: 'path.token' } }],
    ['its path is its id alone', { path: '/acme' }],
    ['a signature', { verify: signed }],
    ['a signed time', { verify: { ...signed, of: '{header.t}.{body}', sentAt: 'header.t', within: '10m' } }],
    ['a time in the signed body', { verify: { ...signed, sentAt: 'data.sent' } }],
    ['none, and until when', { verify: { none: 'they cannot', until: '2027-01-01' } }],
    ['none, from some addresses', { verify: { none: 'x', until: '2027-01-01', addresses: ['192.0.2.1'] } }],
    ['several ways', { verify: [{ secret: 'a', at: 't' }, signed, { none: 'x', until: '2027-01-01' }] }],
    ['one word twice under one status', { fields: { status: { from: 's', approved: ['ok', 'OK'] } } }],
    ['-1 and 1', { fields: { status: { from: 's', approved: '1', rejected: '-1' } } }],
    [
      'a beginning and a word',
      { fields: { status: { from: 's', approved: 'on_*', rejected: 'on_refund' } } },
    ],
    [
      'variants that have what the common fields lack',
      {
        fields: { conversionId: undefined },
        variants: [{ when: 'a', fields: { conversionId: 'a' } }, { fields: { conversionId: 'b' } }],
      },
    ],
  ])('%s', (_, changes) => {
    expect(problemsOf(changes)).toEqual([]);
  });
});

describe('an id', () => {
  test.each([
    'ledger',
    'console',
    'sync',
    'health',
    'api',
    'gateway',
    'admin',
    'local',
    'linkshare',
    'events',
  ])('%s is a word of our own', (id) => {
    expect(problemsOf({ id, path: `/${id}` })).toEqual([
      `id | id: "${id}" is a word of our own; take another`,
    ]);
  });

  test.each(['a', 'Acme', '1acme', '-acme', 'ac_me', 'ac me', 'ac.me', 'a'.repeat(20), 'äcme'])(
    '%s is none',
    (id) => {
      expect(problemsOf({ id, path: '/acme' })).toContainEqual(
        expect.stringMatching(/^id \| id: an id is 2 to 19/),
      );
    },
  );
});

describe('a path', () => {
  const begin = 'path | path: begins with /acme or /acme/, so that no two partners meet';
  const form =
    'path | path: begins with /, has no / at its end and no query; a secret is {small letters}, alone between slashes';

  test.each(['/other', '/acmes', '/acme-2/x', '/', '/x/acme'])('%s is not under its id', (path) => {
    if (path === '/') expect(problemsOf({ path })).toEqual([form]);
    else expect(problemsOf({ path })).toEqual([begin]);
  });

  test.each([
    '/acme//x',
    '/acme/',
    '/acme/*',
    '/acme/:x',
    '/acme/{}',
    '/acme/{a}{b}',
    '/acme/x{a}',
    '/acme/%20',
    'https://x/acme',
  ])('%s is none', (path) => {
    expect(problemsOf({ path })).toEqual([form]);
  });

  test('with a secret that nothing looks at', () => {
    expect(problemsOf({ path: '/acme/{token}/{key}' })).toEqual([
      'path | path: {token} is a secret that no verify block looks at: add "at: path.token"',
      'path | path: {key} is a secret that no verify block looks at: add "at: path.key"',
    ]);
  });

  test('without the secret that a block looks at', () => {
    expect(problemsOf({ verify: { secret: 'key', at: 'path.token' } })).toEqual([
      expect.stringMatching(/path\.token|\{token\}/),
    ]);
  });
});

describe('verify', () => {
  const told = (verify: unknown) => problemsOf({ verify });
  const misses = (key: string) => `verify | verify: "${key}" is missing (or say "none" and why)`;
  const idle = (key: string) => `verify.${key} | verify: "${key}" has no meaning beside "none"`;

  test.each<[string, unknown, string[]]>([
    ['nothing', {}, [misses('secret'), misses('at')]],
    ['a secret without a place', { secret: 'key' }, [misses('at')]],
    ['a place without a secret', { at: 'token' }, [misses('secret')]],
    ['addresses alone', { addresses: ['192.0.2.1'] }, [misses('secret'), misses('at')]],
    [
      'none for ever',
      { none: 'they cannot' },
      ['verify.none | verify: "none" needs "until": the last day on which this counts'],
    ],
    [
      'none and a secret',
      { none: 'x', until: '2027-01-01', secret: 'key', at: 'token' },
      [idle('secret'), idle('at')],
    ],
    [
      'what is signed, not how',
      { secret: 'key', at: 'token', of: '{body}' },
      ['verify.of | verify: "of" says what is signed; "by" must say how'],
    ],
    [
      'a tolerance without a time',
      { ...signed, within: '5m' },
      ['verify.within | verify: "within" needs "sentAt": the time it is counted from'],
    ],
  ])('%s', (_, verify, problems) => {
    expect(told(verify)).toEqual(problems);
  });

  test('each block of a list', () => {
    expect(told([signed, { secret: 'key' }, { none: 'x' }])).toEqual([
      'verify.1 | verify: "at" is missing (or say "none" and why)',
      'verify.2.none | verify: "none" needs "until": the last day on which this counts',
    ]);
  });

  test('none twice', () => {
    const none = { none: 'x', until: '2027-01-01' };
    expect(told([none, none])).toEqual(['verify | verify: "none" once is enough']);
  });

  test.each([
    ['a header beside the body', { ...signed, sentAt: 'header.t' }, 'header.t'],
    ['a query beside the body', { ...signed, sentAt: 'query.t' }, 'query.t'],
    [
      'a header that is not in the text',
      { ...signed, of: '{header.id}.{body}', sentAt: 'header.t' },
      'header.t',
    ],
    ['one of two', { ...signed, of: '{header.t}.{body}', sentAt: 'header.t or header.u' }, 'header.u'],
    ['a parameter that is not in the text', { ...signed, of: '{id}{status}', sentAt: 'sent' }, 'sent'],
    ['a time beside a plain secret', { secret: 'key', at: 'token', sentAt: 'sent' }, 'sent'],
  ])('a time that the signature does not cover: %s', (_, verify, name) => {
    expect(told(verify)).toEqual([
      expect.stringMatching(
        new RegExp(`^verify[.\\w]* \\| verify: ${name} is not covered by the signature: name it in "of"$`),
      ),
    ]);
  });

  test('a signature of nothing that is sent', () => {
    expect(told({ ...signed, of: 'abc' })).toHaveLength(1);
  });

  test('places that are none, and ranges that are none', () => {
    expect(told({ secret: 'key', at: 'a?b' })).toEqual([
      expect.stringContaining('"a?b" is not a parameter\'s name'),
    ]);
    expect(told({ ...signed, of: '{body' })).toEqual([
      expect.stringContaining('"{body": a brace is not closed'),
    ]);
    expect(told({ secret: 'key', at: 'token', addresses: ['192.0.2.0/40'] })).toEqual([
      expect.stringMatching(/^verify\.addresses.* "192\.0\.2\.0\/40" is not an address range/),
    ]);
  });
});

describe('fields', () => {
  test.each<[Data, string[]]>([
    [{ conversionId: undefined }, ['fields | fields: "conversionId" is missing']],
    [{ status: undefined }, ['fields | fields: "status" is missing']],
    [
      { conversionId: 'a or' },
      ['fields.conversionId | conversionId: "a or": a place is missing beside "or"'],
    ],
    [
      { commission: 'payout' },
      [
        'fields.commission | commission: "payout": money is an amount and its currency, such as "payout USD" or "payout currency"',
      ],
    ],
    [
      { commission: { from: 'payout USD', default: 'free' } },
      ['fields.commission | commission: default "free" is not a decimal number'],
    ],
    [
      { orderId: { from: 'x', as: 'yyyy' } },
      ['fields.orderId | orderId: "as" says how money or a time is written, and this is neither'],
    ],
  ])('%o', (fields, problems) => {
    expect(problemsOf({ fields })).toEqual(problems);
  });

  test.each<[string, Data]>([
    ['a sub id', { subIds: ['a', 'b?c'] }],
    ['an extra', { extra: ['b?c'] }],
    ['the mark of a test', { test: { from: 'b?c', yes: 'x' } }],
    ['a status', { status: { from: 'b?c', approved: 'ok' } }],
  ])('%s that is no place is told', (_, fields) => {
    expect(problemsOf({ fields })).toEqual([expect.stringContaining('"b?c" is not a parameter\'s name')]);
  });

  test('a word under two statuses, whatever its case', () => {
    const status = { from: 's', approved: ['ok', 'Done'], paid: 'DONE', ignored: 'o_k' };
    expect(problemsOf({ fields: { status } })).toEqual([
      'fields.status.paid | status: "DONE" stands under approved and paid',
    ]);
    expect(problemsOf({ fields: { status: { ...status, paid: 'x', ignored: 'OK' } } })).toEqual([
      'fields.status.ignored | status: "OK" stands under approved and ignored',
    ]);
  });

  test('one beginning under two statuses, however it is written', () => {
    const status = { from: 's', approved: 'on_rebill_*', paid: 'On-Rebill *' };
    expect(problemsOf({ fields: { status } })).toEqual([
      expect.stringMatching(/stands under approved and paid$/),
    ]);
  });
});

describe('levels', () => {
  test.each(['header', 'query', 'path', 'body'])('%s already means something', (name) => {
    const problem = `"${name}" already means something; take another name`;
    expect(problemsOf({ each: { [name]: 'data.orders' } })).toEqual([`each.${name} | each: ${problem}`]);
    const variants = [{ when: 'a', each: { [name]: 'x' }, fields: {} }];
    expect(problemsOf({ variants })).toEqual([`variants.0.each.${name} | each: ${problem}`]);
  });

  test('one of several lists is no place of a list', () => {
    expect(problemsOf({ each: { item: 'lines or refunds' } })).toEqual([
      'each.item | each: "lines or refunds" is more than one list: give each a variant, with "when" and an "each" of its own',
    ]);
  });
});

describe('variants', () => {
  test.each<[string, Data, string[]]>([
    [
      'two without `when`',
      { variants: [{ fields: {} }, { fields: {} }] },
      ['variants | variants: only one may be without "when"'],
    ],
    [
      'a `when` that is no place',
      { variants: [{ when: 'a or', fields: {} }] },
      ['variants.0.when | "a or": a place is missing beside "or"'],
    ],
    [
      'one that lacks what the others have',
      {
        fields: { conversionId: undefined },
        variants: [
          { when: 'a', fields: { conversionId: 'a' } },
          { when: 'b', fields: {} },
        ],
      },
      ['variants.1.fields | fields: "conversionId" is missing'],
    ],
    [
      'a field of theirs that makes no sense',
      { variants: [{ when: 'a', fields: { commission: 'payout' } }] },
      [expect.stringContaining('variants.0.fields.commission | commission: "payout": money is') as string],
    ],
    [
      'a common field that makes no sense, once',
      { fields: { commission: 'payout' }, variants: [{ when: 'a', fields: {} }] },
      [expect.stringContaining('fields.commission | commission: "payout": money is') as string],
    ],
  ])('%s', (_, changes, problems) => {
    expect(problemsOf(changes)).toEqual(problems);
  });
});

describe('an identity', () => {
  test('without the conversion id makes all sales one', () => {
    expect(problemsOf({ identity: ['account'] })).toEqual([
      'identity | identity: conversionId is always part of it',
    ]);
  });

  test('of a field that no template maps is none', () => {
    expect(problemsOf({ identity: ['account', 'conversionId'] })).toEqual([
      'identity | identity: "account" is mapped under no fields',
    ]);
    const variants = [{ when: 'a', fields: { account: 'a' } }, { fields: {} }];
    expect(problemsOf({ identity: ['account', 'conversionId'], variants })).toEqual([]);
  });
});

describe('a place that begins with a misspelt root finds nothing, so it does not load', () => {
  test.each(['headers.x-id', 'Query.x', 'querry.x', 'pth.x'])('%s', (place) => {
    expect(problemsOf({ fields: { orderId: place } })).toEqual([
      expect.stringContaining(`"${place}": did you mean "`),
    ]);
  });

  test.each(['data.id', 'body.id', 'order.id', 'x-header', 'headers'])(
    '%s is a path like any other',
    (place) => {
      expect(problemsOf({ fields: { orderId: place } })).toEqual([]);
    },
  );
});

describe('a default', () => {
  test('is none for what every sale has its own of', () => {
    expect(problemsOf({ fields: { conversionId: { from: 'id', default: '1' } } })).toEqual([
      expect.stringMatching(/^fields\.conversionId \| conversionId: .*default/),
    ]);
  });
});

describe('companions that are written in the manifest', () => {
  test.each([
    ['commission', 'payout RM'],
    ['commission', 'payout currency'],
    ['commission', 'payout cur'],
    ['occurredAt', 'day time'],
    ['occurredAt', 'at UTC'],
  ])('%s: %s loads', (field, place) => {
    expect(problemsOf({ fields: { [field]: place } })).toEqual([]);
  });

  test.each([
    ['commission', 'payout UDS', /did you mean "USD"/],
    ['commission', 'payout XXX', /"XXX" is no currency/],
    ['commission', 'payout usd', /did you mean "USD"/],
    ['commission', 'payout $', /"\$" is no currency/],
    ['commission', 'payout USD?', /leave out "\?"/],
    ['occurredAt', 'at Asia/Kuala_Lumper', /did you mean "Asia\/Kuala_Lumpur"/],
    ['occurredAt', 'at GMT+8', /no time zone/],
    ['occurredAt', 'at +8', /no time zone/],
    ['occurredAt', 'at Asia/Kuala_Lumpur?', /leave out "\?"/],
  ])('%s: %s does not', (field, place, message) => {
    expect(problemsOf({ fields: { [field]: place } })).toEqual([expect.stringMatching(message)]);
  });
});

describe('answers', () => {
  test.each(['200 OK', '200', '204', '202 DUP', '299 x'])('%s is one', (kept) => {
    expect(problemsOf({ answers: { kept } })).toEqual([]);
  });

  test.each(['OK', '302 Found', '500 x', '100', '205 x', '204 OK', '200 a\nb', '2000'])(
    '%j is none',
    (kept) => {
      expect(problemsOf({ answers: { kept } })).toHaveLength(1);
    },
  );
});
