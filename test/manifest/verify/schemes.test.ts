import { describe, expect, test } from 'vitest';
import { decideAs, isVerified, publishedSchemes } from '../../support/schemes.ts';

/** Vectors of those who sign, none of our own making; each file says where it is from. */
describe.each(publishedSchemes().map((scheme) => [scheme.name, scheme] as const))('%s', (_, scheme) => {
  const { request } = scheme;

  test('is verified', () => {
    const decision = decideAs(scheme, request);
    expect(decision).toMatchObject({ is: expect.not.stringMatching('refused') as unknown });
    expect(isVerified(decision)).toBe(true);
  });

  test('is read, if it is a document at all', () => {
    const decision = decideAs(scheme, request);
    if (request.body.length > 0 && !/^[{\w%]+["=\n]/.test(Buffer.from(request.body).toString())) return expect(decision.is).toBe('quarantined'); // prettier-ignore
    expect(decision).toMatchObject({ is: 'conversions' });
  });

  test('is refused under another secret or key, and under none', () => {
    const { secrets } = scheme;
    const other = Object.fromEntries(
      Object.keys(secrets).map((name) => [name, otherThan(name, secrets[name]!)]),
    );
    expect(decideAs(scheme, request, other).is).toBe('refused');
    const none = Object.fromEntries(Object.keys(secrets).map((name) => [name, '']));
    expect(decideAs(scheme, request, none).is).toBe('refused');
  });
});

/** Another key of the same kind: Google's is replaced by the P-256 key of RFC 6979, A.2.5. */
const otherThan = (name: string, secret: string) =>
  name.startsWith('https:')
    ? JSON.stringify({ kty: 'EC', crv: 'P-256', x: 'YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y', y: 'eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk' }) // prettier-ignore
    : secret.replace(
        /^(whsec_)?(.)/,
        (_, label: string = '', first: string) => label + (first === 'A' ? 'B' : 'A'),
      );
