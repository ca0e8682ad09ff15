import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decode, readBody, readParameters, type Body } from '../../../services/manifest/read/request.ts';

const read = (text: string | Uint8Array, type = '') => readBody(Buffer.from(text as string), type);
const json = (value: unknown): Body => ({ is: 'json', json: value });
const form = (values: Record<string, string[]>): Body => ({
  is: 'form',
  parameters: new Map(Object.entries(values)),
});

const urlencoded = 'application/x-www-form-urlencoded';

describe('parameters are read as browsers write them', () => {
  test.each<[string, [string, (string | null)[]][]]>([
    ['', []],
    ['a=1&b=2', [['a', ['1']], ['b', ['2']]]], // prettier-ignore
    ['a=1&b=2&a=3', [['a', ['1', '3']], ['b', ['2']]]], // prettier-ignore
    ['a', [['a', ['']]]],
    ['a=', [['a', ['']]]],
    ['=1', [['', ['1']]]],
    ['a=b=c', [['a', ['b=c']]]],
    ['&&a=1&', [['a', ['1']]]],
    ['a=1;b=2', [['a', ['1;b=2']]]],
    ['a=x+y%20z', [['a', ['x y z']]]],
    ['a=1%2B1', [['a', ['1+1']]]],
    ['a%5B0%5D=1&a[0]=2', [['a[0]', ['1', '2']]]],
    ['A=1&a=2', [['A', ['1']], ['a', ['2']]]], // prettier-ignore
    ['n=caf%C3%A9', [['n', ['café']]]],
    ['n=%e2%82%ac', [['n', ['€']]]],
    ['n=caf%E9', [['n', [null]]]],
    ['n=%ED%A0%80', [['n', [null]]]],
    ['n=100%', [['n', [null]]]],
    ['n=ok&n=%FF', [['n', ['ok', null]]]],
    ['%FF=1', [['%FF', ['1']]]],
    ['__proto__=1&constructor=2', [['__proto__', ['1']], ['constructor', ['2']]]], // prettier-ignore
  ])('%j', (text, parameters) => {
    expect([...readParameters(text)]).toEqual(parameters);
  });

  test('whatever was encoded is decoded to itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decode(encodeURIComponent(text))).toBe(text);
        expect([...readParameters(new URLSearchParams({ p: text }).toString())]).toEqual([['p', [text]]]);
      }),
    );
  });
});

describe('a body is told by what was sent, not by its content type', () => {
  test.each<[string, string, string, Body]>([
    ['a form', 'a=1&b=x+y', urlencoded, form({ a: ['1'], b: ['x y'] })],
    ['a form with a charset', 'a=1', `${urlencoded}; charset=UTF-8`, form({ a: ['1'] })],
    ['a form without a content type', 'a=1&b=2', '', form({ a: ['1'], b: ['2'] })],
    ['a form sent as plain text', 'a=1', 'text/plain', form({ a: ['1'] })],
    ['a form with a line end', 'a=1&b=2\r\n', urlencoded, form({ a: ['1'], b: ['2'] })],
    ['a form with a byte order mark', '\uFEFFa=1', urlencoded, form({ a: ['1'] })],
    ['JSON', '{"a":"1"}', 'application/json', json({ a: '1' })],
    ['JSON sent as a form', '{"a":"x=y&z"}', urlencoded, json({ a: 'x=y&z' })],
    ['JSON sent as plain text', '{"a":"1"}', 'text/plain', json({ a: '1' })],
    ['JSON without a content type', '{"a":"1"}', '', json({ a: '1' })],
    ['JSON of a kind', '{"a":"1"}', 'application/vnd.api+json', json({ a: '1' })],
    ['JSON after spaces', ' \r\n\t{"a":"1"} \n', 'application/json', json({ a: '1' })],
    ['JSON with a byte order mark', '\uFEFF{"a":"1"}', 'application/json', json({ a: '1' })],
    ['a list', '[{"a":"1"}]', 'application/json', json([{ a: '1' }])],
    ['a text alone', '"a"', 'application/json', json('a')],
    ['nothing', '', 'application/json', { is: 'empty' }],
    ['nothing without a content type', '', '', { is: 'empty' }],
  ])('%s', (_, text, type, body) => {
    expect(read(text, type)).toEqual(body);
  });
});

describe('what is neither a form nor JSON is unreadable', () => {
  test.each([
    ['HTML sent as JSON', '<html><a href="x=1">', 'application/json', 'the body is not JSON'],
    ['HTML', '<html><a href="x=1">', 'text/html', 'the body is neither a form nor JSON'],
    ['XML', '<a b="1"/>', 'application/xml', 'the body is neither a form nor JSON'],
    [
      'multipart',
      '--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--x--',
      'multipart/form-data; boundary=x',
      'the body is neither a form nor JSON',
    ],
    ['a word', 'hello', 'text/plain', 'the body is neither a form nor JSON'],
    ['spaces', ' \n ', urlencoded, 'the body is neither a form nor JSON'],
    ['JSON that ends early', '{"a":', urlencoded, 'the body is not JSON'],
    ['JSON with more behind it', '{"a":"1"}{"b":"2"}', 'application/json', 'the body is not JSON'],
    ['JSON with a comment', '{"a":"1"} // x', 'application/json', 'the body is not JSON'],
    ['JSON with a comma too many', '{"a":"1",}', 'application/json', 'the body is not JSON'],
    ['JSON in single quotes', "{'a':'1'}", 'application/json', 'the body is not JSON'],
    ['NaN', '{"a":NaN}', 'application/json', 'the body is not JSON'],
    ['a number that is none', '{"a":01}', 'application/json', 'the body is not JSON'],
    ['only a byte order mark', '\uFEFF', urlencoded, 'the body is neither a form nor JSON'],
  ])('%s', (_, text, type, why) => {
    const body = read(text, type);
    expect(body).toMatchObject({ is: 'unreadable' });
    expect(body.is === 'unreadable' && body.why.startsWith(why), JSON.stringify(body)).toBe(true);
  });

  test.each([
    ['latin-1', [0x61, 0x3d, 0xe9]],
    ['half a character', [0x7b, 0x22, 0xc3]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00]],
    ['an overlong slash', [0x61, 0x3d, 0xc0, 0xaf]],
    ['a surrogate', [0x61, 0x3d, 0xed, 0xa0, 0x80]],
  ])('%s', (_, bytes) => {
    expect(readBody(Uint8Array.from(bytes), urlencoded)).toEqual({
      is: 'unreadable',
      why: 'the body is not UTF-8',
    });
  });

  test('why never repeats what was sent: it is answered and logged', () => {
    const types = ['canary/form', 'application/json'];
    const bodies = ['canary', '{"canary":"1","canary":"2"}', '{canary', '{"a":"\\canary"}', 'canary=1'];
    for (const type of types)
      for (const body of bodies)
        expect(JSON.stringify(read(body, type)), body).not.toMatch(/unreadable.*canary/);
  });
});

describe('numbers in JSON stay the text that was sent', () => {
  test.each([
    '576653688135258179',
    '9007199254740993',
    '123456789012345678901234567890',
    '1.10',
    '0.30000000000000004',
    '1.0',
    '1e9',
    '1E-7',
    '-0',
    '-12.50',
    '0',
  ])('%s', (number) => {
    expect(read(`{"a":${number},"b":[${number}]}`)).toEqual(json({ a: number, b: [number] }));
  });

  test('for every number there is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.bigInt()), (number) => {
        const text = Object.is(number, -0) ? '-0' : String(number);
        expect(read(`[${text}]`)).toEqual(json([text]));
      }),
    );
  });
});

test('any JSON is read as the runtime reads it, but for its numbers', () => {
  const numbersAsText = (_: string, value: unknown) => (typeof value === 'number' ? String(value) : value);
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      fc.pre(typeof value === 'object' && value !== null);
      const text = JSON.stringify(value);
      const parsed = JSON.parse(text) as unknown;
      expect(read(text)).toEqual(json(JSON.parse(JSON.stringify(parsed, numbersAsText)) as unknown));
    }),
  );
});

describe('a key that comes twice in JSON', () => {
  test.each([
    ['with one value is one', '{"a":"1","a":"1"}', json({ a: '1' })],
    ['with one structure is one', '{"a":{"b":1},"a":{"b":1}}', json({ a: { b: '1' } })],
  ])('%s', (_, text, body) => {
    expect(read(text)).toEqual(body);
  });

  test.each([
    ['{"a":"1","a":"2"}'],
    ['{"a":1,"a":1.0}'],
    ['{"x":{"a":"1","a":"2"}}'],
    ['{"a":"1","\\u0061":"2"}'],
    ['{"a":{"b":1},"a":{"b":2}}'],
    ['{"a":[1],"a":[1,1]}'],
    ['{"a":null,"a":""}'],
    ['{"__proto__":"1","__proto__":"2"}'],
  ])('with two is unreadable: %s', (text) => {
    expect(read(text)).toMatchObject({ is: 'unreadable' });
  });
});

describe('a body that is made to hurt is only unreadable', () => {
  test.each([
    ['60,000 opening brackets', '['.repeat(60_000)],
    ['60,000 brackets, closed', '['.repeat(60_000) + ']'.repeat(60_000)],
    ['60,000 levels of keys', '{"a":'.repeat(60_000) + '1' + '}'.repeat(60_000)],
    ['10,000 parameters', Array.from({ length: 10_000 }, (_, i) => `p${i}=1`).join('&')],
    ['1,001 parameters', Array.from({ length: 1001 }, (_, i) => `p${i}=1`).join('&')],
  ])('%s', (_, text) => {
    expect(read(text)).toMatchObject({ is: 'unreadable' });
  });

  test('1,000 parameters are read', () => {
    expect(read(Array.from({ length: 1000 }, (_, i) => `p${i}=1`).join('&'))).toMatchObject({ is: 'form' });
  });

  test('keys that every object knows are keys like any other, and change no object', () => {
    const body = read(
      '{"__proto__":{"polluted":"1"},"constructor":{"prototype":{"polluted":"1"}},"toString":"x"}',
    );
    const read1 = body.is === 'json' ? (body.json as object) : {};
    expect(Object.keys(read1)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(Object.getPrototypeOf(read1)).toBe(Object.prototype);
    expect('polluted' in {}).toBe(false);
  });

  test('any bytes are one of the four kinds', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 200 }),
        fc.constantFrom('', urlencoded, 'application/json'),
        (bytes, type) => {
          expect(['empty', 'form', 'json', 'unreadable']).toContain(readBody(bytes, type).is);
        },
      ),
    );
  });
});
