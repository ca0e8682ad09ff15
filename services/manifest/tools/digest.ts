/** Which hash a signature was made by, as its length tells, and how an example writes one of that kind. */
export type Digest = { hash: 'md5' | 'sha1' | 'sha256' | 'sha384' | 'sha512'; hole: string };

/** Undefined for what is no hex or base64 of a hash. */
export function digestOf(text: string): Digest | undefined {
  const hashes: Record<number, Digest['hash']> = {
    16: 'md5',
    20: 'sha1',
    32: 'sha256',
    48: 'sha384',
    64: 'sha512',
  };
  const isHex = /^([0-9a-f]{2})+$/i.test(text);
  const isBase64 = /^[\w+/-]+={0,2}$/.test(text);
  const length = isHex ? text.length / 2 : isBase64 ? Buffer.from(text, 'base64').length : 0;
  const hash = hashes[length];
  return hash && { hash, hole: isHex ? '{signature}' : '{signature.base64}' };
}
