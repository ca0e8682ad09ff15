import { describe, expect, it } from 'vitest';
import { quarantineRecord } from '../../../services/contract/records.ts';
import { compile, type Partner } from '../../../services/manifest/compile.ts';
import { ManifestError, parseManifest } from '../../../services/manifest/load/load.ts';
import { ReportError } from '../../../services/manifest/report/compile.ts';
import { reportSecrets } from '../../../services/manifest/report/secrets.ts';

const at = new Date('2026-11-24T00:00:00Z');
const status = 'status: { from: row.status, approved: ok, rejected: no, ignored: ping }';
const alone = `id: net
name: Net
report:
  from: shopee-conversions
  each: { order: data.orders, row: order.items }
  fields:
    conversionId: order.id
    lineId: row.id
    commission: row.fee data.currency
    ${status}
`;
const partnerOf = (yaml: string): Partner => compile(parseManifest(yaml, 'f'));
const net = partnerOf(alone);
function problemsIn(yaml: string): string[] {
  try {
    parseManifest(yaml, 'f');
  } catch (error) {
    if (error instanceof ManifestError) return error.problems;
    throw error;
  }
  return [];
}

const page = (orders: string, rest = '') => `{"data":{"currency":"VND"${rest},"orders":[${orders}]}}`;
const order = (id: number | string, ...items: string[]) => `{"id":${id},"items":[${items.join()}]}`;
const item = (id: number, says = 'ok', fee = '1.10') => `{"id":${id},"fee":${fee},"status":"${says}"}`;

describe('a report alone', () => {
  it('has no path: nobody calls, nothing is owned, no secret of verification is wanted', () => {
    expect(net).toMatchObject({ receives: false, secretNames: [] });
    expect(['', '/', '/net', '/net/report'].filter(net.owns)).toEqual([]);
    expect(net.report).toMatchObject({ secretNames: ['app-id', 'app-secret'], accounts: [undefined], lookback: 60 * 86_400_000, every: 6 * 3_600_000 }); // prettier-ignore
  });

  it('is still it when the manifest comes as JSON, as a job gets it', () => {
    const again = parseManifest(JSON.stringify(net.manifest), 'f');
    expect(compile(again).report?.read(page(order(1, item(1))), undefined, at).events).toHaveLength(1);
  });

  it.each([
    ['fields: { conversionId: x }\n', 'fields: nobody calls here'],
    ['setup: { where: there }\n', 'setup: nobody calls here'],
    ['path: /net\n', 'verify is missing'],
    ['verify: { secret: a, at: b }\n', 'path is missing'],
    ['identity: [account, conversionId]\n', 'identity: "account" is mapped under no fields'],
  ])('with %j besides: %s', (more, problem) => {
    expect(problemsIn(alone + more).join('\n')).toContain(problem);
  });
});

describe('a page', () => {
  it('is read row by row, and numbers keep their digits', () => {
    const { rows, events } = net.report!.read(page(order('12345678901234567890', item(1), item(2, 'no', '0.30000000000000004'))), undefined, at); // prettier-ignore
    expect(rows).toBe(2);
    expect(events).toMatchObject([
      { key: 'net//12345678901234567890/1', commission: { amount: '1.1', currency: 'VND' }, via: 'report', verified: true },
      { key: 'net//12345678901234567890/2', commission: { amount: '0.30000000000000004' }, status: 'rejected' },
    ]); // prettier-ignore
  });

  it('is no page if it is HTML, or has no list', () => {
    for (const text of ['<html>', '{"data":{}}', '{"data":{"orders":null}}', '[]', '{"a":1,"a":2}'])
      expect(() => net.report!.read(text, undefined, at), text).toThrow(ReportError);
  });

  it('may be empty', () => {
    expect(net.report!.read(page(''), undefined, at)).toEqual({ rows: 0, events: [], quarantined: [], ignored: 0 }); // prettier-ignore
  });

  it('has a row that cannot be read, and one that is none: the others go on', () => {
    const { events, quarantined, ignored } = net.report!.read(page([order(1, item(1, 'huh'), item(2)), order(2), order(3, item(1, 'ping'))].join(), ',"page":3'), undefined, at); // prettier-ignore
    expect(events.map(({ key }) => key)).toEqual(['net//1/2']);
    expect(ignored).toBe(1);
    expect(quarantined.map((record) => quarantineRecord.parse(record).raw.body)).toEqual([
      '{"data":{"currency":"VND","orders":[{"id":1,"items":[{"id":1,"fee":1.10,"status":"huh"}]}]}}',
      '{"data":{"currency":"VND","orders":[{"id":2,"items":[]}]}}',
    ]);
  });

  it('puts rows aside together that say different things of one sale, and takes a row that is there twice for one', () => {
    const { events, quarantined } = net.report!.read(page([order(1, item(1), item(1, 'no')), order(2, item(1), item(1))].join()), undefined, at); // prettier-ignore
    expect(events.map(({ id }) => id)).toHaveLength(2);
    expect(new Set(events.map(({ key }) => key))).toEqual(new Set(['net//2/1']));
    expect(quarantined).toHaveLength(1);
    // Read again together: one alone would overwrite the other with every replay.
    expect(net.reread(quarantined[0]!.raw, { is: 'verified' }, at)).toMatchObject({ is: 'quarantined' });
  });
});

describe('a row that was put aside', () => {
  const [record] = net.report!.read(page(order(7, item(1, 'huh'))), undefined, at).quarantined;

  it('has one id, however often and on whichever page it comes', () => {
    const again = net.report!.read(page([order(6, item(1)), order(7, item(1, 'huh'))].join(), ',"page":9'), undefined, new Date()); // prettier-ignore
    expect(again.quarantined.map(({ id }) => id)).toEqual([record!.id]);
  });

  it('is read by a mended manifest, as the report itself is then', () => {
    const mended = partnerOf(alone.replace('approved: ok', 'approved: [ok, huh]'));
    const decision = mended.reread(record!.raw, { is: 'verified' }, at);
    const { events } = mended.report!.read(page(order(7, item(1, 'huh'))), undefined, at);
    expect(decision).toEqual({ is: 'conversions', events });
  });
});

const both = `id: net
name: Net
path: /net/event
verify: { secret: token, at: token }
fields:
  account: acc
  conversionId: id
  status: { from: status, approved: ok, rejected: no }
identity: [account, conversionId]
report:
  from: involve-conversions
  accounts: [Some One, Other]
  each: { row: data }
  fields:
    account: path.account
    conversionId: row.id
    ${status}
`;

describe('a report beside postbacks', () => {
  const partner = partnerOf(both);

  it('tells a sale by the same key', () => {
    const [row] = partner.report!.read('{"data":[{"id":5,"status":"ok"}]}', 'Some One', at).events;
    const request = { method: 'GET', path: '/net/event', query: 'token=sekret&acc=Some+One&id=5&status=ok', headers: {}, body: Buffer.of() }; // prettier-ignore
    const decision = partner.decide(request, () => ['sekret'], at);
    expect(decision).toMatchObject({ is: 'conversions', events: [{ key: row!.key }] });
    expect(row!.key).toBe('net/Some One/5/');
  });

  it('has secrets for each account', () => {
    expect(partner.secretNames).toEqual(['token']);
    expect(reportSecrets(partner.manifest.report!).reads).toEqual(['api-key-some-one', 'api-secret-some-one', 'api-key-other', 'api-secret-other']); // prettier-ignore
  });

  it.each([
    [
      '    account: path.account\n',
      '',
      'f:12:13 report.accounts: no field says whose a row is: map "account: path.account"',
    ],
    [
      '    account: path.account\n',
      '',
      'f:15:5 report.fields: "account" is part of a sale\'s identity and is mapped for postbacks alone',
    ],
    [
      '  account: acc\n',
      '',
      'f:14:5 report.fields: "account" is part of a sale\'s identity, and no postback brings it',
    ],
    ['from: involve', 'from: invovle', 'did you mean "involve-conversions"?'],
    [
      'accounts: [Some One',
      'settings: { curency: USD }\n  accounts: [Some One',
      'f:12:15 report.settings: unknown key "curency", did you mean "currency"?',
    ],
    [
      '[Some One, Other]',
      '[Some One, some-one]',
      'f:12:24 report.accounts: the secrets of "some-one" would be called like another\'s',
    ],
    [
      '{ row: data }',
      '{ order: data, row: items }',
      'f:13:29 report.each: the lists are one in the other: write "order.items"',
    ],
    [
      'rejected: no, ignored',
      'adjusted: no, ignored',
      'report.fields: a report says the amounts of a sale whole',
    ],
    ['row.id', 'rwo.id', 'did you mean "row.id"?'],
  ])('%j → %j: %s', (old, changed, problem) => {
    expect(problemsIn(both.replace(old, changed)).join('\n')).toContain(problem);
  });
});
