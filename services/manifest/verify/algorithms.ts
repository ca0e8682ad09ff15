/**
 * How a proof may be made, by what it needs. A MAC and a hash are made again and compared; a public key checks what only the partner
 * could make; a cipher proves itself by opening.
 */
export const macs = ['hmac-md5', 'hmac-sha1', 'hmac-sha256', 'hmac-sha384', 'hmac-sha512'] as const;
export const hashes = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'] as const;
export const keyed = ['ed25519', 'ecdsa-sha256', 'rsa-sha256'] as const;
export const ciphers = ['aes-256-cbc'] as const;

export const algorithms = [...macs, ...hashes, ...keyed, ...ciphers] as const;
export type Algorithm = (typeof algorithms)[number];

export type Kind = 'secret' | 'mac' | 'hash' | 'key' | 'cipher';

/** Without `by` the secret itself is brought. */
export function kindOf(by: Algorithm | undefined): Kind {
  if (by === undefined) return 'secret';
  const among = (list: readonly string[]) => list.includes(by);
  return among(macs) ? 'mac' : among(hashes) ? 'hash' : among(keyed) ? 'key' : 'cipher';
}
