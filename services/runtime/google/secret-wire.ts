import type { SecretPayload } from './secret-client.ts';

/**
 * The two messages we exchange with Secret Manager, as protocol buffers write them (https://protobuf.dev/programming-guides/encoding/):
 *   AccessSecretVersionRequest  { string name = 1; }
 *   AccessSecretVersionResponse { string name = 1; SecretPayload payload = 2; }
 *   SecretPayload               { bytes data = 1; optional int64 data_crc32c = 2; }
 */
export function encodeRequest(name: string): Buffer {
  const text = Buffer.from(name);
  return Buffer.concat([Buffer.from([0x0a, ...varint(text.length)]), text]);
}

/** Throws RangeError where the bytes end in the middle of something, Error where they are of another kind. */
export function decodeResponse(bytes: Buffer): SecretPayload {
  const fields = readFields(bytes);
  const payload = readFields(bytesOf(fields.get(2)));
  const crc = payload.get(2);
  return {
    name: bytesOf(fields.get(1)).toString(),
    data: bytesOf(payload.get(1)),
    ...(typeof crc === 'bigint' && { crc32c: Number(BigInt.asUintN(32, crc)) }),
  };
}

const bytesOf = (value: Buffer | bigint | undefined) => (Buffer.isBuffer(value) ? value : Buffer.alloc(0));

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

/** The fields of a message by number. Those we do not know are passed over, as Google may add some. */
function readFields(bytes: Buffer): Map<number, Buffer | bigint> {
  const fields = new Map<number, Buffer | bigint>();
  let at = 0;
  const take = (length: number) => {
    if (at + length > bytes.length) throw new RangeError('the message is cut off');
    return bytes.subarray(at, (at += length));
  };
  const readVarint = () => {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = take(1)[0]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new Error('a number has more than 64 bits');
  };
  const readValue = (kind: number) => {
    if (kind === 0) return readVarint();
    if (kind === 1) return take(8);
    if (kind === 2) return take(Number(readVarint()));
    if (kind === 5) return take(4);
    throw new Error(`a field is of the unknown kind ${kind}`);
  };
  while (at < bytes.length) {
    const tag = Number(readVarint());
    fields.set(tag >>> 3, readValue(tag & 7));
  }
  return fields;
}
