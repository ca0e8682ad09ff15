import { describe, expect, test } from 'vitest';
import { setupOf } from '../../services/manifest/setup.ts';
import { decide, partner, type Data } from '../support/manifest.ts';

const secrets = ['plain7f3a9c', 'od/d+7f=3 a&9c%'];
const setup = { where: 'Tools > Postback', paste: 'id={conversion_id}&status={status}' };
const origin = 'https://go.example.com';

const ways: [string, Data][] = [
  ['the query', { verify: { secret: 'key', at: 'token' } }],
  ['the query, by name', { verify: { secret: 'key', at: 'query.token' } }],
  ['the path', { path: '/acme/{token}', verify: { secret: 'key', at: 'path.token' } }],
  ['a header', { verify: { secret: 'key', at: 'header.x-key' } }],
  ['a bearer', { verify: { secret: 'key', at: 'header.authorization.bearer' } }],
  ['basic', { verify: { secret: 'key', at: 'header.authorization.basic' } }],
  [
    'an older way too',
    {
      verify: [
        { secret: 'key', at: 'token' },
        { none: 'old', until: '2027-01-01' },
      ],
    },
  ],
];

describe.each(ways)('what is to be pasted where the secret goes in %s', (name, changes) => {
  test.each(secrets)('is verified when it is sent with its macros filled: %s', (secret) => {
    if (name === 'a bearer' && secret.includes(' '))
      return expect(secret, 'RFC 6750 allows no space').toContain(' ');
    const to = partner({ ...changes, setup });
    const { url, headers, where } = setupOf(to, origin, () => secret);
    expect(where).toBe('Tools > Postback');
    const { pathname, search } = new URL(url.replace('{conversion_id}', '1').replace('{status}', 'ok'));
    const sent = { path: pathname, query: search.slice(1), headers };
    expect(to.owns(pathname)).toBe(true);
    const decision = decide(to, sent, { secrets: () => [secret] });
    expect(decision).toMatchObject({ is: 'conversions', events: [{ conversionId: '1', verified: true }] });
  });
});

test('where nothing proves them there is no secret to paste', () => {
  const none = partner({ setup, verify: { none: 'they cannot', until: '2027-01-01' } });
  expect(setupOf(none, origin, () => 's3cret')).toEqual({
    url: 'https://go.example.com/acme/event?id={conversion_id}&status={status}',
    headers: {},
    where: 'Tools > Postback',
  });
});

test('where they sign the secret stays out of the URL', () => {
  const signed = partner({ setup, verify: { secret: 'key', at: 'header.x-sig', by: 'hmac-sha256' } });
  expect(JSON.stringify(setupOf(signed, origin, () => 's3cret'))).not.toContain('s3cret');
});
