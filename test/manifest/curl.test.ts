import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { curlLine } from '../../services/manifest/curl.ts';
import { exampleRequest, exampleSchema, type Example } from '../../services/manifest/example.ts';
import type { Incoming } from '../../services/manifest/read/request.ts';
import { partner, type Data } from '../support/manifest.ts';
import { saying } from '../support/verify.ts';

const origin = 'http://127.0.0.1:8080';
const secret = 'an "odd" $ecret';
const example = (request: object): Example => ({
  ...exampleSchema.parse({ request, expect: { status: '200' } }),
  name: 'x',
  file: 'x',
});

/** What curl would send: the shell runs the line with a function in curl's place. The secret is the environment's. */
function sentBy(line: string, value: string): Incoming {
  const script = `curl() { for each in "$@"; do printf '%s\\0' "$each"; done; }; ${line}`;
  const words = execFileSync('bash', ['-c', script], { env: { ...process.env, SECRET: value } }).toString().split('\0').slice(0, -1); // prettier-ignore
  const after = (flag: string) => words.flatMap((word, i) => (words[i - 1] === flag ? word : []));
  const { pathname: path, search } = new URL(words.at(-1)!);
  const body = after('--data-raw').join('');
  const headers = Object.fromEntries(after('-H').map((header) => /^([^:]+): (.*)$/s.exec(header)!.slice(1)));
  return {
    method: body ? 'POST' : 'GET',
    path,
    query: words.at(-1)!.includes('?') ? search.slice(1) : '',
    headers,
    body: Buffer.from(body),
  };
}

const base64 = Buffer.from('0123456789').toString('base64');
const ways: [string, Data, object, string?][] = [
  [
    'a token in the query',
    { secret: 'key', at: 'token' },
    { query: 'token={secret.key}&id=1&status=ok' },
    'plain',
  ],
  [
    'a signed body and time',
    {
      secret: 'key',
      at: 'header.x-sig.v1',
      by: 'hmac-sha256',
      of: '{header.x-sig.t}.{body}',
      sentAt: 'header.x-sig.t',
    },
    { json: '{"id":1,"status":"ok","n":"a\\"$b`c"}', headers: { 'x-sig': 't={now},v1={signature}' } },
  ],
  [
    'base64',
    { secret: 'key', at: 'header.x-sig', by: 'hmac-sha1' },
    { form: 'id=1&status=ok', headers: { 'x-sig': '{signature.base64}' } },
  ],
  [
    'a key from base64',
    { secret: 'key', secretIs: 'base64', at: 'header.x-sig', by: 'hmac-sha256' },
    { form: 'id=1&status=ok', headers: { 'x-sig': '{signature}' } },
    `whsec_${base64}`,
  ],
  [
    'a key from hex',
    { secret: 'key', secretIs: 'hex', at: 'header.x-sig', by: 'hmac-sha512' },
    { form: 'id=1&status=ok', headers: { 'x-sig': '{signature}' } },
    '0a0b0c',
  ],
  [
    'a signature cut short',
    { secret: 'key', at: 'header.x-sig', by: 'hmac-sha256', length: '16' },
    { form: 'id=1&status=ok', headers: { 'x-sig': '{signature}' } },
  ],
  [
    'a plain hash in the query',
    { secret: 'key', at: 'sig', by: 'md5', of: '{id}{status}{secret}' },
    { query: 'id=1&status=ok&sig={signature}' },
  ],
  [
    'one with a hash of the secret',
    { secret: 'key', secretIs: 'sha1', at: 'sig', by: 'sha256', of: '{id}{status}{secret}' },
    { query: 'id=1&status=ok&sig={signature}' },
  ],
  [
    'sorted parameters in a form',
    { secret: 'key', at: 'sig', by: 'sha512', of: '{params}', pair: '{key}={value}{secret}' },
    { form: 'status=ok&id=1&x=&sig={signature}' },
  ],
  [
    'a raw query',
    { secret: 'key', at: 'sig', by: 'hmac-sha256', of: '{path}?{query}' },
    { query: 'id=1&status=ok&sig={signature}' },
  ],
];

describe.each(ways)('%s', (_, verify, request, value = secret) => {
  const to = partner(saying({ verify }));

  test('is signed in an example', () => {
    const sent = exampleRequest(example(request), to, () => value);
    expect(to.decide(sent, () => [value], new Date('2026-11-24T00:00:00Z'))).toMatchObject({
      is: 'conversions',
      events: [{ conversionId: '1', verified: true }],
    });
  });

  test('is signed anew by the shell, whose line does not hold the secret', () => {
    const line = curlLine(example(request), to, origin, () => '$(printenv SECRET)');
    expect(line).not.toContain(value);
    const sent = sentBy(line, value);
    expect(to.decide(sent, () => [value], new Date())).toMatchObject({
      is: 'conversions',
      events: [{ conversionId: '1', verified: true }],
    });
  });
});

test('what only the partner can sign is taken as it is, and asked for where it is not there', () => {
  const keys = partner({ verify: { keys: 'https://keys.example/', at: 'header.x-sig', by: 'ed25519' } });
  const given = example({ form: 'id=1&status=ok', headers: { 'x-sig': 'abcd' } });
  expect(curlLine(given, keys, origin, () => 'x')).toContain('-H "x-sig: abcd"');
  const asked = example({ form: 'id=1&status=ok', headers: { 'x-sig': '{signature}' } });
  expect(() => exampleRequest(asked, keys, () => 'x')).toThrow(
    'acme: only they can make this signature; take one of theirs',
  );
});
