import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { publicKeysIn } from '../../../services/manifest/verify/publicKeys.ts';

const ed = generateKeyPairSync('ed25519');
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
const weak = generateKeyPairSync('rsa', { modulusLength: 1024 });
const pem = (key: typeof ed.publicKey) => key.export({ type: 'spki', format: 'pem' }).toString();
const der = (key: typeof ed.publicKey) => key.export({ type: 'spki', format: 'der' }).toString('base64');
const jwk = (key: typeof ed.publicKey) => key.export({ format: 'jwk' });
const raw = Buffer.from(jwk(ed.publicKey).x as string, 'base64url').toString('base64');

describe('a public key is recognised', () => {
  test.each([
    ['as PEM', pem(ed.publicKey)],
    ['as PEM among others', `x\n${pem(rsa.publicKey)}\n${pem(ed.publicKey)}`],
    ['in base64', der(ed.publicKey)],
    ['as its 32 bytes', raw],
    ['as Standard Webhooks labels it', `whpk_${raw}`],
    ['in a JWKS', JSON.stringify({ keys: [{ kty: 'oct', k: 'AA' }, jwk(rsa.publicKey), jwk(ed.publicKey)] })],
    ['as a JWK', JSON.stringify(jwk(ed.publicKey))],
    [
      'in Google’s form',
      JSON.stringify({ keys: [{ keyId: 1, pem: pem(ed.publicKey), base64: der(ed.publicKey) }] }),
    ],
    ['by its id', JSON.stringify({ 'key-1': pem(ed.publicKey) })],
    ['in a list', JSON.stringify([{ id: 'x', alg: 'ed25519', key: `whpk_${raw}` }])],
  ])('%s, once', (_, text) => {
    const keys = publicKeysIn(text, 'ed25519');
    expect(keys.map((key) => key.equals(ed.publicKey))).toEqual([true]);
  });

  test('of the kind that is needed', () => {
    const all = [ed, ec, rsa].map(({ publicKey }) => pem(publicKey)).join('\n');
    expect(publicKeysIn(all, 'ecdsa-sha256')).toHaveLength(1);
    expect(publicKeysIn(all, 'rsa-sha256')[0]?.equals(createPublicKey(pem(rsa.publicKey)))).toBe(true);
    expect(publicKeysIn(pem(weak.publicKey), 'rsa-sha256')).toEqual([]);
  });

  test.each([
    ['nothing', ''],
    ['a page', '<html>not found</html>'],
    ['broken JSON', '{"keys":['],
    ['JSON without any', '{"error":"not found","code":404,"more":[null,true]}'],
    ['broken PEM', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
    ['a private key', ed.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['a private JWK', JSON.stringify(ed.privateKey.export({ format: 'jwk' }))],
    ['a nest', `${'['.repeat(5000)}${']'.repeat(5000)}`],
    ['too few bytes', Buffer.alloc(31, 1).toString('base64')],
  ])('and not in %s', (_, text) => {
    expect(publicKeysIn(text, 'ed25519')).toEqual([]);
  });
});
