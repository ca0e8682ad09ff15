import { loadSync } from '@grpc/proto-loader';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32c } from '../../../services/runtime/google/crc32c.ts';
import { decodeResponse, encodeRequest } from '../../../services/runtime/google/secret-wire.ts';

const includeDirs = ['@google-cloud/secret-manager', 'google-gax'].map(
  (name) => `node_modules/${name}/build/protos`,
);
const published = loadSync('google/cloud/secretmanager/v1/service.proto', { includeDirs, longs: String });
const { AccessSecretVersion } = published[
  'google.cloud.secretmanager.v1.SecretManagerService'
] as unknown as {
  AccessSecretVersion: {
    requestDeserialize(bytes: Buffer): unknown;
    responseSerialize(message: unknown): Buffer;
  };
};

describe('the messages of Secret Manager', () => {
  it.each([
    ['cut off in a text', [0x0a, 5, 0x41], /cut off/],
    ['cut off in a number', [0x0a, 0x80], /cut off/],
    ['a number that does not end', [0x10, ...Array<number>(11).fill(0xff)], /64 bits/],
    ['an unknown kind of field', [0x0b], /unknown kind/],
  ])('throw: %s', (_what, bytes, why) => {
    expect(() => decodeResponse(Buffer.from(bytes))).toThrow(why);
  });

  it('pass over fields that Google may add', () => {
    const added = Buffer.from([0x7a, 1, 0x41, 0x78, 1, 0x7d, 1, 2, 3, 4, 0x79, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(decodeResponse(Buffer.concat([added, Buffer.from([0x0a, 1, 0x41]), added])).name).toBe('A');
  });

  it("property: are what Google's published proto says", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 400 }),
        fc.uint8Array({ maxLength: 400 }),
        (name, bytes) => {
          const data = Buffer.from(bytes);
          expect(AccessSecretVersion.requestDeserialize(encodeRequest(name))).toMatchObject(
            name ? { name } : {},
          );
          const message = { name, payload: { data, dataCrc32c: crc32c(data) } };
          const decoded = decodeResponse(AccessSecretVersion.responseSerialize(message));
          expect(decoded).toEqual({ name, data, crc32c: crc32c(data) });
        },
      ),
    );
  });

  // https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4
  it.each([
    ['32 zeros', new Uint8Array(32), 0x8a9136aa],
    ['32 ones', new Uint8Array(32).fill(0xff), 0x62a8ab43],
    ['0 to 31', Uint8Array.from({ length: 32 }, (_none, i) => i), 0x46dd794e],
    ['nothing', new Uint8Array(), 0],
  ])('have the checksum of RFC 3720: %s', (_what, bytes, expected) => {
    expect(crc32c(bytes)).toBe(expected);
  });
});
