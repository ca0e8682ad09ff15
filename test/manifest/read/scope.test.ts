import { describe, expect, test } from 'vitest';
import type { Found } from '../../../services/manifest/read/found.ts';
import { Scope } from '../../../services/manifest/read/scope.ts';
import { request, type Sent } from '../../support/manifest.ts';

const nothing: Found = { sent: false };
const found = (...values: string[]): Found => ({ sent: true, values });
const scopeOf = (sent: Sent, path?: Record<string, string>) => new Scope(request(sent), path);
const find = (name: string, sent: Sent, path?: Record<string, string>) => scopeOf(sent, path).find(name);

describe('a bare name', () => {
  test.each<[string, Sent, Found]>([
    ["is the query's where there is no body", { query: 'a=1' }, found('1')],
    ["is the form's where there is one", { query: 'a=1', form: 'a=2' }, found('2')],
    ["is the JSON's where there is some", { query: 'a=1', json: { a: '2' } }, found('2')],
    ['never falls back from a form to the query', { query: 'a=1', form: 'b=2' }, nothing],
    ['never falls back from JSON to the query', { query: 'a=1', json: { b: '2' } }, nothing],
    ['never falls back from a list to the query', { query: 'a=1', json: [] }, nothing],
    ['never falls back from a text to the query', { query: 'length=1', json: '"abc"' }, nothing],
    [
      'is unreadable in an unreadable body',
      { query: 'a=1', json: '{"a":' },
      { sent: true, problem: expect.any(String) as string },
    ],
    ['comes as often as it was sent', { query: 'a=1&a=2&a=1' }, found('1', '2', '1')],
    ['comes empty', { query: 'a=' }, found('')],
    ['comes null, which is empty', { json: { a: null } }, found('')],
    ['may not be UTF-8', { query: 'a=%FF' }, { sent: true, problem: 'is not UTF-8' }],
    ['is exact in case', { query: 'A=1' }, nothing],
    ['may be true', { json: { a: true } }, found('true')],
    ['may be a number, as sent', { json: '{"a":1.10}' }, found('1.10')],
    [
      'may be a structure',
      { json: { a: { b: '1' } } },
      { sent: true, problem: 'is a structure, not a single value' },
    ],
    [
      'may be a list',
      { json: { a: ['1'] } },
      { sent: true, problem: 'is a structure, not a single value', list: ['1'] },
    ],
    [
      'may be a list of structures',
      { json: { a: [{}] } },
      { sent: true, problem: 'is a structure, not a single value' },
    ],
  ])('%s', (_, sent, expected) => {
    expect(find('a', sent)).toEqual(expected);
    if (sent.query === 'length=1') expect(find('length', sent)).toEqual(nothing);
  });
});

describe('a name with a root', () => {
  test.each<[string, Sent, Found]>([
    ['query.a', { query: 'a=1', form: 'a=2' }, found('1')],
    ['query.a', { query: 'a=1', json: { a: '2' } }, found('1')],
    ['query.a', { query: 'b=1', form: 'a=2' }, nothing],
    ['query.a.b', { query: 'a.b=1' }, found('1')],
    ['header.x-id', { headers: { 'x-id': '7' } }, found('7')],
    ['header.X-Id', { headers: { 'x-id': '7' } }, found('7')],
    ['header.x-id', { query: 'x-id=7' }, nothing],
    ['header.x-id', { headers: { 'x-id': ['7', '8'] } }, found('7, 8')],
    ['header.x-id', { headers: { 'x-id': undefined } }, nothing],
    ['header.stripe-signature.v1', { headers: { 'stripe-signature': 't=1,v1=ab,v1=cd' } }, found('ab', 'cd')],
    ['header.authorization.bearer', { headers: { authorization: 'Bearer ab' } }, found('ab')],
    [
      'header.authorization.bearer',
      { headers: { authorization: ['Bearer ab', 'Bearer cd'] } },
      found('ab', 'cd'),
    ],
    ['header.authorization.bearer', { headers: { authorization: 'Basic ab' } }, found()],
    ['path.token', {}, found('secret')],
    ['path.other', {}, nothing],
    ['path.constructor', {}, nothing],
  ])('%s of %o', (name, sent, expected) => {
    expect(find(name, sent, { token: 'secret' })).toEqual(expected);
  });

  test.each(['query.a', 'header.x-id', 'header.authorization.bearer', 'path.token'])(
    '%s is found beside a body that nobody can read',
    (name) => {
      const sent = { query: 'a=1', headers: { 'x-id': '1', authorization: 'Bearer 1' } };
      for (const body of [{ json: '{"a":' }, { body: Uint8Array.of(0xff) }, { body: '<html>' }])
        expect(find(name, { ...sent, ...body }, { token: '1' })).toEqual(found('1'));
    },
  );
});

describe('a path into JSON', () => {
  const json = {
    data: { id: '1', items: [{ id: 'x' }, { id: 'y' }], none: null },
    'data.id': 'exact',
    'header.x-id': 'in the body',
    'header.x-other': 'in the body',
    body: 'a parameter',
  };

  test.each<[string, Found]>([
    ['data.id', found('exact')],
    ['header.x-id', found('in the header')],
    ['header.x-other', nothing],
    ['data.items.1.id', found('y')],
    ['data.items.2.id', nothing],
    ['data.none', found('')],
    ['data.none.id', nothing],
    ['data.missing', nothing],
    ['data.id.length', nothing],
    ['data.items', { sent: true, problem: 'is a structure, not a single value' }],
    ['missing.id', nothing],
    ['body', found('a parameter')],
    ['data.', nothing],
    ['.id', nothing],
  ])('%s', (name, expected) => {
    expect(find(name, { json, headers: { 'x-id': 'in the header' } })).toEqual(expected);
  });

  test('there is none into a query or a form', () => {
    expect(find('data.id', { query: 'data=1' })).toEqual(nothing);
    expect(find('data.id', { form: 'data=1' })).toEqual(nothing);
  });
});

describe('names that every object knows', () => {
  const known = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];

  test.each(known)('%s is not sent by whom it was not sent', (name) => {
    for (const sent of [
      { query: 'a=1' },
      { form: 'a=1' },
      { json: { a: {} } },
      { json: [] },
      { json: '"a"' },
      {},
    ]) {
      expect(find(name, sent)).toEqual(nothing);
      expect(find(`a.${name}`, sent)).toEqual(nothing);
      expect(find(`a.${name}.name`, sent)).toEqual(nothing);
      expect(find(`query.${name}`, sent)).toEqual(nothing);
      expect(find(`path.${name}`, sent)).toEqual(nothing);
    }
  });

  test.each(known)('header.%s too', (name) => {
    expect(find(`header.${name}`, {})).toEqual(nothing);
  });

  test.each(known)('%s is found where it was sent', (name) => {
    expect(find(name, { query: `${name}=1` })).toEqual(found('1'));
    expect(find(name, { form: `${name}=1` })).toEqual(found('1'));
    expect(find(name, { json: `{"${name}":"1"}` })).toEqual(found('1'));
    expect(find(`a.${name}`, { json: `{"a":{"${name}":"1"}}` })).toEqual(found('1'));
  });

  test('what they hold is not inherited', () => {
    expect(find('id', { json: '{"__proto__":{"id":"1"}}' })).toEqual(nothing);
  });
});

describe('inside an item', () => {
  const scope = scopeOf({ json: { shop: 's', order: 'outer', list: [1] }, query: 'q=1' });
  const inside = scope
    .inside({ order: { id: '1', order: { id: '2' } } })
    .inside({ line: 'plain', none: null });

  test.each<[string, Found]>([
    ['order.id', found('1')],
    ['order.order.id', found('2')],
    ['line', found('plain')],
    ['none', found('')],
    ['line.id', nothing],
    ['shop', found('s')],
    ['query.q', found('1')],
    ['order', { sent: true, problem: 'is a structure, not a single value' }],
    ['order.constructor', nothing],
  ])('%s', (name, expected) => {
    expect(inside.find(name)).toEqual(expected);
  });

  test('what is found there is not found outside', () => {
    expect(scope.find('order.id')).toEqual(nothing);
    expect(scope.find('order')).toEqual(found('outer'));
  });

  test('lists are found, of any depth; `body` is the whole document', () => {
    expect(scope.item('list')).toEqual(['1']);
    expect(scopeOf({ json: [1] }).item('body')).toEqual(['1']);
    expect(inside.item('order.order')).toEqual({ id: '2' });
    expect(scopeOf({ query: 'list=1' }).item('list')).toBeUndefined();
    expect(scopeOf({ query: 'list=1' }).item('body')).toBeUndefined();
  });
});
