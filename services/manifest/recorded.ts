import type { RawRequest } from '../contract/raw.ts';
import type { Incoming } from './read/request.ts';

/** The request that a record was made of, but for what was masked or left out. */
export function incomingOf({ body = '', bodyIn = undefined, ...rest }: RawRequest): Incoming {
  return { ...rest, body: Buffer.from(body, bodyIn ?? 'utf8') };
}
