import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import {
  exampleRequest,
  loadExamples,
  pathWithSecrets,
  type Example,
} from '../../services/manifest/example.ts';
import { ManifestError } from '../../services/manifest/load/load.ts';
import { partner } from '../support/manifest.ts';

const made: string[] = [];
function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'linkshare-example-'));
  made.push(folder);
  mkdirSync(join(folder, 'examples'));
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, 'examples', file), text);
  return folder;
}
afterAll(() => made.forEach((folder) => rmSync(folder, { recursive: true })));

const named = (request: Example['request']): Example => ({
  name: 'x',
  file: 'x.yaml',
  request,
  expect: { status: '200' },
});
const secretOf = (name: string) => `<${name}>`;
const requestOf = (request: Example['request'], changes = {}) =>
  exampleRequest(named(request), partner(changes), secretOf);

describe('examples are files beside the manifest', () => {
  test('by name, in order; other files are none', () => {
    const folder = folderOf({
      '401-wrong.yaml': 'request: {}\nexpect: { status: 401 }\n',
      '200-sale.yaml': "request: { query: id=1 }\nexpect: { status: 200, events: [{ conversionId: '1' }] }\n",
      'note.txt': 'x',
    });
    expect(loadExamples(folder).map(({ name, expect: { status } }) => [name, status])).toEqual([
      ['200-sale', '200'],
      ['401-wrong', '401'],
    ]);
  });

  test('a partner may have none', () => {
    expect(loadExamples(join(tmpdir(), 'no-such-partner'))).toEqual([]);
  });

  test.each([
    [
      'request: {}\nexpect: { status: 200 }\nexpects: x\n',
      ':3:1 unknown key "expects", did you mean "expect"?',
    ],
    [
      'request: { qery: x }\nexpect: { status: 200 }\n',
      ':1:12 request: unknown key "qery", did you mean "query"?',
    ],
    ['expect: { status: 200 }\n', ':1:1 request is missing'],
    ['request: {}\nexpect: { status: 200, outcome: kep }\n', '"kep" is none of'],
    ['request: [\n', ':2:1 '],
  ])('what is wrong with one is told with its place: %j', (text, problem) => {
    const folder = folderOf({ '200-x.yaml': text });
    expect(() => loadExamples(folder)).toThrow(ManifestError);
    expect(() => loadExamples(folder)).toThrow(`${join(folder, 'examples/200-x.yaml')}:`);
    expect(() => loadExamples(folder)).toThrow(problem);
  });
});

describe('the request of an example', () => {
  test('is a GET to the path of the manifest, if nothing is said', () => {
    expect(requestOf({})).toEqual({
      method: 'GET',
      path: '/acme/event',
      query: '',
      headers: {},
      body: Buffer.from(''),
    });
  });

  test.each<[Example['request'], string | undefined]>([
    [{ form: 'a=1' }, 'application/x-www-form-urlencoded'],
    [{ json: '{"a":1}' }, 'application/json'],
    [{ body: '<a/>' }, undefined],
    [{ json: '{}', headers: { 'content-type': 'text/plain' } }, 'text/plain'],
  ])('with a body is a POST: %o', (request, type) => {
    const sent = requestOf(request);
    expect(sent.method).toBe('POST');
    expect(sent.headers['content-type']).toBe(type);
    expect(Buffer.from(sent.body).toString()).toBe(request.form ?? request.json ?? request.body);
  });

  test('has its secrets filled in, everywhere', () => {
    const holes = '{secret.postback-token}|{secret.key}|{token}';
    const sent = requestOf({
      path: holes,
      query: holes,
      headers: { a: holes },
      form: holes,
      address: '192.0.2.1',
    });
    const verify = { secret: 'key', at: 'token', addresses: ['198.51.100.0/24', '203.0.113.9'] };
    expect(requestOf({}, { verify }).address).toBe('198.51.100.0');
    const filled = '<postback-token>|<key>|{token}';
    expect([sent.path, sent.query, sent.headers.a, Buffer.from(sent.body).toString(), sent.address]).toEqual([
      filled,
      filled,
      filled,
      filled,
      '192.0.2.1',
    ]);
  });

  test('goes to the path with its secrets in it', () => {
    const twice = {
      path: '/acme/{a}/{b}',
      verify: [
        { secret: 'one', at: 'path.b' },
        { secret: 'two', at: 'path.a' },
      ],
    };
    expect(pathWithSecrets(partner(twice).manifest)).toBe('/acme/{secret.two}/{secret.one}');
    expect(requestOf({}, twice).path).toBe('/acme/<two>/<one>');
  });
});
