import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Example } from '../../../services/manifest/example.ts';
import { loadExamples } from '../../../services/manifest/example.ts';
import { lint } from '../../../services/manifest/lint/lint.ts';
import { loadPartners, validate } from '../../../services/manifest/load/load.ts';
import type { Manifest } from '../../../services/manifest/schema.ts';
import { manifestData, type Data } from '../../support/manifest.ts';

function manifest(changes: Data = {}): Manifest {
  const result = validate(manifestData(changes));
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.manifest;
}

const status = { from: 'status', approved: 'ok', rejected: 'no' };
const outcomes = ['kept', 'refused', 'quarantined'] as const;
const example = (outcome: (typeof outcomes)[number], request: Example['request'] = {}): Example => ({
  name: outcome,
  file: `${outcome}.yaml`,
  request,
  expect: { status: '200', outcome },
});
const whole = outcomes.map((outcome) => example(outcome));

/** Warnings as `path | message`, for a manifest that is otherwise in order. */
function warnings(changes: Data, { examples = whole, others = [] as Manifest[] } = {}): string[] {
  const { fields, ...rest } = changes;
  const given = manifest({ fields: { status, ...(fields as Data) }, ...rest });
  return lint(given, examples, others).map(({ path, message }) => `${path.join('.')} | ${message}`);
}

test('a manifest that is in order has no warnings', () => {
  expect(warnings({ setup: { where: 'x', paste: 'id={id}&status={status}' } })).toEqual([]);
});

describe('names that nothing brings', () => {
  const paste = (text: string) => ({ setup: { where: 'x', paste: `id={id}&status={status}${text}` } });
  const unasked = (name: string) =>
    `the template never asks for "${name}": add ${name}=.. with their macro to setup.paste, unless your links bring it back by themselves`;

  test.each<[string, Data, string[]]>([
    ['a field that the template never asks for', { fields: { orderId: 'order' } }, [`fields.orderId | ${unasked('order')}`]],
    ['a currency', { fields: { commission: 'id currency' } }, [`fields.commission | ${unasked('currency')}`]],
    ['one of two places is enough', { fields: { commission: 'pay USD or id USD' } }, []],
    ['what may come by default', { fields: { orderId: { from: 'order', default: 'none' } } }, []],
    ['what does not come as a parameter', { fields: { orderId: 'header.x-order' } }, []],
    ['only the template that is pasted counts', { variants: [{ when: 'old', fields: { orderId: 'order' } }, { when: 'status', fields: {} }] }, []],
    ['the pasted one does', { variants: [{ when: 'old', fields: {} }, { fields: { orderId: 'order' } }] }, [`variants.1.fields.orderId | ${unasked('order')}`]],
  ])('%s', (_, changes, expected) => {
    expect(warnings({ ...changes, ...paste('') })).toEqual(expected);
  }); // prettier-ignore

  const slip = (name: string, meant: string) =>
    `nothing that is pasted or shown by an example is called "${name}": did you mean "${meant}"?`;

  test('a slip is told against the template', () => {
    const given = { fields: { orderId: 'oder_id' }, ...paste('&order_id={order}') };
    expect(warnings(given)).toEqual([`fields.orderId | ${slip('oder_id', 'order_id')}`]);
  });

  test.each<[string, Example['request'], Data]>([
    ['a query', { query: 'id=1&status=ok&order_id=2' }, { orderId: 'oder_id' }],
    ['a form', { form: ['id=1', 'status=ok', 'order_id=2'] }, { orderId: 'oder_id' }],
    ['JSON', { json: '{"id":1,"status":"ok","order_id":2}' }, { orderId: 'oder_id' }],
    [
      'JSON, further in',
      { json: '{"id":1,"status":"ok","data":{"order_id":2}}' },
      { orderId: 'data.oder_id' },
    ],
  ])('and against examples: %s', (_, request, fields) => {
    const examples = [...whole, example('kept', request)];
    expect(warnings({ fields }, { examples })).toEqual([expect.stringContaining('order_id"?')]);
  });

  test('a slip in an item', () => {
    const request = { json: '{"id":1,"status":"ok","lines":[{"sku":"a","quantity":1}]}' };
    const given = { each: { line: 'lines' }, fields: { lineId: 'line.sku', quantity: 'line.quantty' } };
    expect(warnings(given, { examples: [...whole, example('kept', request)] })).toEqual([
      `fields.quantity | ${slip('lines.quantty', 'lines.quantity')}`,
    ]);
  });

  test('a name beside others that are alike and read is none', () => {
    const request = { query: 'id=1&status=ok&sub1=a' };
    const given = { fields: { clickId: 'sub1', publisherRef: 'sub2' } };
    expect(warnings(given, { examples: [...whole, example('kept', request)] })).toEqual([]);
  });
});

describe('statuses', () => {
  test('without a word that takes a sale back', () => {
    const given = { fields: { status: { from: 's', approved: 'ok' } } };
    expect(warnings(given)).toEqual([
      expect.stringMatching(/^fields\.status \| no word of theirs takes a sale back/),
    ]);
  });

  test.each(['rejected', 'reversed'])('%s is one', (ours) => {
    expect(warnings({ fields: { status: { from: 's', approved: 'ok', [ours]: 'no' } } })).toEqual([]);
  });

  test('nor one beside a variant that only takes back', () => {
    const sale = { fields: { status: { from: 's', approved: 'ok' } } };
    const back = (status: object) => ({ when: 'r', fields: { status: { from: 's', ...status } } });
    const given = { fields: { status: undefined } };
    expect(warnings({ ...given, variants: [back({ reversed: 'no' }), sale] })).toEqual([]);
    expect(warnings({ ...given, variants: [back({ approved: 'yes', reversed: 'no' }), sale] })).toEqual([
      expect.stringMatching(/^variants\.1\.fields\.status \| no word of theirs takes a sale back/),
    ]);
  });

  test('that are not read at all', () => {
    expect(warnings({ fields: { status: { default: 'pending' } } })).toEqual([
      expect.stringMatching(/^fields\.status \| every sale is pending for ever/),
    ]);
  });
});

describe('identities', () => {
  test('an id that may come only later', () => {
    expect(warnings({ fields: { conversionId: 'a or b' } })).toEqual([
      expect.stringMatching(/^fields\.conversionId \| "a or b": if the first id comes only later/),
    ]);
  });

  test('items that share one', () => {
    expect(warnings({ each: { line: 'lines' } })).toEqual([
      'fields.conversionId | several items ("line") would have one identity: map lineId to something of the item, such as line.id',
    ]);
    expect(warnings({ each: { line: 'lines' }, fields: { lineId: 'line.id' } })).toEqual([]);
    expect(warnings({ each: { line: 'lines' }, fields: { conversionId: 'line' } })).toEqual([]);
  });
});

describe('parts with nothing between', () => {
  const md5 = { secret: 'key', at: 'sig', by: 'md5', unsigned: ['status'] };
  const hmac = { secret: 'key', at: 'sig', by: 'hmac-sha256', of: '{params}' };

  test.each<[string, Data, string[]]>([
    ['in what is signed', { verify: { ...md5, of: '{id}{user}{secret}' } }, ['verify.of | {id}{user} is signed with nothing between']],
    ['but beside a token', { verify: { secret: 't', at: 'token', and: { ...md5, of: '{id}{user}{secret}' } } }, []],
    ['but from their addresses alone', { verify: { ...md5, of: '{id}{user}{secret}', addresses: ['198.51.100.7'] } }, []],
    ['but what may be written by anybody, as the manifest says', { fields: { clickId: 'user' }, verify: { ...md5, of: '{id}{user}{secret}', unsigned: ['status', 'clickId'] } }, []],
    ['in what more is signed', { fields: { clickId: 'user' }, verify: { ...md5, of: '{user}{id}{sum}{secret}', unsigned: ['status', 'clickId'] } }, ['verify.of | {id}{sum} is signed with nothing between']],
    ['of each pair', { verify: { ...hmac, pair: '{key}{value}' } }, ['verify.pair | {key}{value} is signed']],
    ['of two pairs', { verify: { ...hmac, pair: '{key}={value}' } }, ['verify.pair | {value}{key} is signed']],
    ['in an id', { fields: { conversionId: '{order}{line}' } }, ['fields.conversionId | {order}{line} may be the same for two sales: put a sign between that is in neither, such as {order}-{line}']],
    ['in a variant’s', { variants: [{ fields: { lineId: 'x or {a}{b?}' } }] }, ['variants.0.fields.lineId | {a}{b} may be']],
    ['in what tells changes apart', { fields: { status: { from: 's', adjusted: 'a' } }, repeat: { distinct: '{a}{b}' } }, ['repeat.distinct | {a}{b} may be']],
    ['but a secret', { verify: { ...md5, of: '{secret}{id}{secret}' } }, []],
    ['but what ends a pair', { verify: { ...hmac, pair: '{key}={value}&' } }, []],
    ['but a sign', { fields: { conversionId: '{order}-{line}' } }, []],
  ])('%s', (_, changes, expected) => {
    const told = warnings(changes).filter((warning) => !warning.includes('comes only later'));
    expect(told).toEqual(expected.map((beginning) => expect.stringContaining(beginning) as string));
  }); // prettier-ignore
});

describe('secrets', () => {
  const leak = 'q7Zk29XwB4mT81Lr';

  test.each<[string, Data]>([
    ['path', { path: `/acme/${leak}` }],
    ['setup.paste', { setup: { where: 'x', paste: `id={id}&status={status}&token=${leak}` } }],
    ['setup.paste.2', { setup: { where: 'x', paste: ['id={id}', 'status={status}', `key=${leak}`] } }],
    ['verify.of', { verify: { secret: 'key', at: 'header.s', by: 'hmac-sha256', of: `{body}${leak}` } }],
  ])('in %s', (path, changes) => {
    const [warning, ...more] = warnings(changes);
    expect(warning).toContain(`${path} | "q7Zk.." looks like a secret`);
    expect(warning).not.toContain(leak);
    expect(more).toEqual([]);
  });

  test.each([
    '/acme/postback-v2-2026-11-24',
    '/acme/0123456789',
    '/acme/conversion_datetime_local_2',
    '/acme/aaaaaaaa1111111111bbbbbbbb',
  ])('but %s is none', (path) => {
    expect(warnings({ path })).toEqual([]);
  });

  test('nor is a macro', () => {
    const paste = `id={id}&status={status}&x={${leak}}&y=(${leak})&z=[[[${leak}]]]`;
    expect(warnings({ setup: { where: 'x', paste } })).toEqual([]);
  });
});

describe('settings of ours', () => {
  const signed = { secret: 'key', at: 'header.s', by: 'hmac-sha256', of: '{ours.app-key}{body}' };

  test('stand in what they sign, and are no secrets, whatever they look like', () => {
    expect(warnings({ ours: { 'app-key': 'q7Zk29XwB4mT81Lr' }, verify: signed })).toEqual([]);
    const beside = { secret: 't', at: 'token', and: [signed] };
    expect(warnings({ ours: { 'app-key': 'k7' }, verify: [beside] })).toEqual([]);
  });

  test('or are left over', () => {
    expect(warnings({ ours: { 'app-key': 'k7', host: 'x.com' }, verify: signed })).toEqual([
      'ours.host | nothing that they sign has {ours.host} in it: write it where it stands in "of", or leave it out',
    ]);
  });
});

describe('hints that are paid', () => {
  const none = { none: 'they cannot', until: '2027-03-31' };

  test('are paid on a stranger’s word', () => {
    expect(warnings({ hints: 'paid', verify: none })).toEqual([
      expect.stringMatching(
        /^hints \| whoever knows the address can book sales that are paid, until 2027-03-31/,
      ),
    ]);
  });

  test('or on that of whoever releases them, where all is verified', () => {
    expect(warnings({ hints: 'paid' })).toEqual([
      expect.stringMatching(/^hints \| every request is verified here/),
    ]);
  });

  test('and not, if they are held', () => {
    expect(warnings({ hints: 'held', verify: none })).toEqual([]);
  });
});

describe('other partners', () => {
  test('at the same path, where a secret stands for any text', () => {
    const other = { ...manifest(), id: 'other', name: 'Other', path: '/acme/{token}' };
    expect(warnings({}, { others: [other] })).toEqual([
      expect.stringMatching(/^path \| "other" is called at/),
    ]);
    expect(warnings({}, { others: [{ ...other, path: '/acme/event/x' }] })).toEqual([]);
  });

  test('of the same name', () => {
    const other = { ...manifest(), id: 'other', name: 'ACME ', path: '/other' };
    expect(warnings({}, { others: [other] })).toEqual([
      expect.stringMatching(/^name \| "other" is ACME , too/),
    ]);
  });
});

test.each(outcomes)('without an example of %s nobody has looked at it', (outcome) => {
  const examples = whole.filter(({ name }) => name !== outcome);
  expect(warnings({}, { examples })).toEqual([
    expect.stringMatching(/^id \| no example shows .*: add examples/),
  ]);
});

const partners = loadPartners('partners');
const manifests = partners.map((partner) => partner.manifest);

test.each(manifests.map((each) => [each.id, each] as const))(
  '%s, as shipped, is told nothing wrong',
  (id, shipped) => {
    const problems = lint(shipped, loadExamples(join('partners', id)), manifests);
    // Only a person can know that a parameter comes back with the link, or that a network never tells what became of a sale.
    const isTrue =
      /never asks for|pending for ever|takes a sale back|comes only later|nothing in .* is called/;
    const others = problems.filter(({ message }) => !isTrue.test(message));
    expect(others).toEqual([]);
  },
);
