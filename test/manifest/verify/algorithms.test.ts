import { describe, expect, test } from 'vitest';
import { verifier } from '../../support/verify.ts';

const misfit = 'refused: brings a signature that does not fit';
const key = { secret: 'key' };

/** Texts are bytes that a test writes as it likes, in a body that need not be a sale. */
const signs = (verify: object, body: string | Uint8Array, signature: string, secret = '') =>
  verifier({ at: 'header.x-sig', ...verify })(
    { body, headers: { 'x-sig': signature } },
    { live: { key: [secret] } },
  );

/** RFC 4231 (HMAC with SHA-2) and RFC 2202 (MD5 and SHA-1), cases 1 to 3. */
describe.each([
  [
    '1',
    '0b'.repeat(20),
    Buffer.from('Hi There'),
    {
      'hmac-sha256': 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7',
      'hmac-sha384':
        'afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6',
      'hmac-sha512':
        '87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4be9d914eeb61f1702e696c203a126854',
      'hmac-sha1': 'b617318655057264e28bc0b6fb378c8ef146be00',
    },
  ],
  [
    '2',
    Buffer.from('Jefe').toString('hex'),
    Buffer.from('what do ya want for nothing?'),
    {
      'hmac-md5': '750c783e6ab0b503eaa86e310a5db738',
      'hmac-sha1': 'effcdf6ae5eb2fa2d27416d5f184df9c259a7c79',
      'hmac-sha384':
        'af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649',
    },
  ],
  [
    '3',
    'aa'.repeat(20),
    Buffer.alloc(50, 0xdd),
    {
      'hmac-sha256': '773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe',
      'hmac-sha1': '125d7342b9ac11cd91a39af48aa17b4f63f175d3',
    },
  ],
] as const)('RFC 4231 and 2202, case %s', (_, secret, body, signatures) => {
  test.each(Object.entries(signatures))('%s', (by, signature) => {
    const verify = { ...key, secretIs: 'hex', by };
    expect(signs(verify, body, signature, secret)).toBe('verified');
    expect(signs(verify, body, signature, secret.toUpperCase())).toBe('verified');
    expect(signs(verify, body, signature, `${secret}00`.slice(2))).toBe(misfit);
    expect(signs(verify, Buffer.concat([body, body]), signature, secret)).toBe(misfit);
  });
});

describe('a signature that is cut short', () => {
  const whole = 'a3b6167473100ee06e0c796c2955552bfa6f7c0a6a8aef8b93f860aab0cd20c5';
  const told = (length: string | undefined, signature: string) =>
    signs(
      { ...key, secretIs: 'hex', by: 'hmac-sha256', length },
      'Test With Truncation',
      signature,
      '0c'.repeat(20),
    );

  test('RFC 4231, case 5: 128 bits', () => {
    expect(told('16', 'a3b6167473100ee06e0c796c2955552b')).toBe('verified');
    expect(told('16', Buffer.from('a3b6167473100ee06e0c796c2955552b', 'hex').toString('base64'))).toBe(
      'verified',
    );
  });

  test.each([
    ['whole', whole],
    ['cut shorter still', 'a3b6167473100ee06e0c796c295555'],
    ['cut at its beginning', 'fa6f7c0a6a8aef8b93f860aab0cd20c5'],
    ['of one sign', 'a'],
  ])('is not there when it comes %s', (_, signature) => {
    expect(told('16', signature)).toBe(misfit);
  });

  test('is none where the manifest does not say so', () => {
    expect(told(undefined, 'a3b6167473100ee06e0c796c2955552b')).toBe(misfit);
    expect(told(undefined, whole)).toBe('verified');
  });
});

/** The hashes of FIPS 180 and RFC 1321 for "abc": the secret is the last letter. */
describe('a plain hash with the secret in its text', () => {
  const hashes = {
    md5: '900150983cd24fb0d6963f7d28e17f72',
    sha1: 'a9993e364706816aba3e25717850c26c9cd0d89d',
    sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    sha384:
      'cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7',
    sha512:
      'ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f',
  };
  test.each(Object.entries(hashes))('%s', (by, signature) => {
    const verify = { ...key, by, of: '{body}{secret}' };
    expect(signs(verify, 'ab', signature, 'c')).toBe('verified');
    expect(signs(verify, 'ab', signature.toUpperCase(), 'c')).toBe('verified');
    expect(signs(verify, 'ab', signature, 'd')).toBe(misfit);
    expect(signs(verify, 'abc', signature, '')).toBe(misfit);
  });

  test('is not made longer by who does not know the secret', () => {
    // What comes behind a hashed text begins with its padding, and that with 0x80 and zeros.
    expect(signs({ ...key, by: 'sha256', of: '{secret}{body}' }, Buffer.from('a\u0000b'), 'ab', 'c')).toBe(
      'refused: signs a text with NULs in it',
    );
  });
});

describe('how a secret becomes a key', () => {
  const mac = 'b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7';
  const base64 = Buffer.from('0b'.repeat(20), 'hex').toString('base64');

  test.each([base64, base64.replace(/=+$/, ''), `whsec_${base64}`])('base64: %s', (secret) => {
    expect(signs({ ...key, secretIs: 'base64', by: 'hmac-sha256' }, 'Hi There', mac, secret)).toBe(
      'verified',
    );
  });

  test('as text, whsec_ and all, where nothing is said', () => {
    expect(signs({ ...key, by: 'hmac-sha256' }, 'Hi There', mac, base64)).toBe(misfit);
  });

  test.each([
    ['base64', 'no base64!'],
    ['hex', '0b0'],
    ['hex', 'xy'],
  ])('a secret that is no %s is our mistake: it is told, and refuses nobody', (secretIs, secret) => {
    const verify = { ...key, secretIs, by: 'hmac-sha256' };
    expect(() => signs(verify, 'Hi There', mac, secret)).toThrow(
      `the secret key is not written in ${secretIs}`,
    );
  });

  test.each(['', 'whsec_'])('an empty one signs nothing: %j', (secret) => {
    const empty = 'ad';
    expect(signs({ ...key, secretIs: 'base64', by: 'hmac-sha256' }, 'Hi There', empty, secret)).toBe(misfit);
  });

  test.each([
    ['sha1', 'a0aa4181dc2da66ec0dc6a101cd888d97a7994bdf51dfae8b6b4cc2b60470d29'], // printf %s ab$(printf %s c | sha1sum | cut -c1-40) | sha256sum
    ['md5', 'ecefdfd2f07005cda42aa817fa0f692976ec85c2bce1c2b025d2be21a64ed657'], // likewise, with md5sum
  ])('the hex of its %s', (secretIs, signature) => {
    const verify = { ...key, secretIs, by: 'sha256', of: '{body}{secret}' };
    expect(signs(verify, 'ab', signature, 'c')).toBe('verified');
    expect(signs(verify, 'ab', signature, 'd')).toBe(misfit);
  });
});

describe('a signature by a private key', () => {
  const rfc8032 = {
    // RFC 8032, 7.1, test 2
    keys: Buffer.from('3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c', 'hex').toString(
      'base64',
    ),
    by: 'ed25519',
    body: 'r',
    signature:
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00',
  };
  const rfc6979 = {
    // RFC 6979, A.2.5, SHA-256: r and s
    keys: '{"kty":"EC","crv":"P-256","x":"YP7UuiVanTHJYet0xjVtaMBJuJI7Yfps5mliLmDyn7Y","y":"eQP-EAi4vJmkGunpVii8ZPLxsgwtfp9Rd6PClNRGIpk"}',
    by: 'ecdsa-sha256',
    body: 'sample',
    signature:
      'EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8',
  };
  const rfc7515 = {
    // RFC 7515, A.2
    keys: '{"kty":"RSA","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ","e":"AQAB"}',
    by: 'rsa-sha256',
    body: 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ',
    signature:
      'cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw',
  };

  test.each([
    ['RFC 8032', rfc8032],
    ['RFC 6979', rfc6979],
    ['RFC 7515', rfc7515],
  ])('%s', (_, { keys, by, body, signature }) => {
    expect(signs({ keys, by }, body, signature)).toBe('verified');
    expect(signs({ keys, by }, `${body} `, signature)).toBe(misfit);
    for (const other of [
      signature.slice(1),
      signature.slice(0, -2),
      'ab',
      `${signature}00`,
      `${signature.slice(0, 20)} ${signature.slice(20)}`,
    ])
      expect(signs({ keys, by }, body, other), other).toBe(misfit);
  });

  test('by any of several keys', () => {
    const { by, body, signature, keys } = rfc8032;
    const other = Buffer.alloc(32, 1).toString('base64');
    expect(signs({ keys: [other, `whpk_${keys}`], by }, body, signature)).toBe('verified');
    expect(signs({ keys: [other], by }, body, signature)).toBe(misfit);
  });

  test('with keys from their address', () => {
    const { by, body, signature, keys } = rfc8032;
    const url = 'https://keys.example/list';
    const told = verifier({ keys: url, at: 'header.x-sig', by });
    const sent = { body, headers: { 'x-sig': signature } };
    expect(told(sent, { live: { [url]: [JSON.stringify({ keys: [{ key: keys }] })] } })).toBe('verified');
    expect(told(sent, { live: { [url]: [''] } })).toBe(misfit);
  });
});
