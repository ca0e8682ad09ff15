import { hash, timingSafeEqual } from 'node:crypto';

/** Compares the canonical text, not decoded bytes: base64 has spare bits, and decoders skip what they do not know. */
export function sameMac(mac: Buffer, brought: string): boolean {
  const hex = mac.toString('hex');
  if (brought.length === hex.length) return sameText(hex, brought.toLowerCase());
  const base64 = brought.replaceAll('-', '+').replaceAll('_', '/').replace(/=+$/, '');
  return sameText(mac.toString('base64').replace(/=+$/, ''), base64);
}

/** In constant time, whatever the lengths: both sides are hashed first. */
export function sameText(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}
