import { hash, timingSafeEqual } from 'node:crypto';

/** Compares the canonical text, not decoded bytes: base64 has spare bits, and decoders skip what they do not know. */
export function sameMac(mac: Buffer, brought: string): boolean {
  const hex = mac.toString('hex');
  if (brought.length === hex.length) return sameOfOneLength(hex, brought.toLowerCase());
  const base64 = brought.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  return sameOfOneLength(mac.toString('base64').replace(/=+$/, ''), base64);
}

/** How long a MAC is everybody knows, so that need not be hidden. */
function sameOfOneLength(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}

/** Compares with a text of ours in constant time, whatever the lengths: both sides are hashed first, ours once. */
export function sameTextAs(ours: string): (brought: string) => boolean {
  const digest = hash('sha256', ours, 'buffer');
  return (brought) => timingSafeEqual(digest, hash('sha256', brought, 'buffer'));
}
