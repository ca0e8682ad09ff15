import { UsageError } from './errors.ts';

/** What TikTok says of an order's commission. */
export const statuses = [
  'UNSPECIFIED',
  'AWAITING_PAYMENT',
  'TO_SETTLE',
  'SETTLED',
  'REFUNDED',
  'FROZEN',
] as const;
export type Status = (typeof statuses)[number];

const plain = (text: string) =>
  text
    .trim()
    .toUpperCase()
    .replace(/[\s_-]+/g, '_');

/** TikTok writes one status as `To-SETTLE`, another with a space. One that it does not publish stays as it came. */
export const statusOf = (text: string): string =>
  statuses.find((each) => each === plain(text)) ?? plain(text);

/** Words of an earlier description of this API, which spoke of parcels rather than of commissions. */
const earlier: Record<string, Status> = {
  UNPAID: 'AWAITING_PAYMENT',
  AWAITING_SHIPMENT: 'TO_SETTLE',
  AWAITING_COLLECTION: 'TO_SETTLE',
  IN_TRANSIT: 'TO_SETTLE',
  DELIVERED: 'TO_SETTLE',
  COMPLETED: 'TO_SETTLE',
  CANCELLED: 'REFUNDED',
};

/** A status that a person asks for, and a sentence where their word is not TikTok's. Throws UsageError. */
export function readStatus(text: string): { status: Status; note?: string } {
  const word = plain(text);
  const status = statuses.find((each) => each === word);
  if (status) return { status };
  const meant = earlier[word];
  if (meant)
    return { status: meant, note: `TikTok's order reports know no ${word}; ${meant} is what comes nearest` };
  throw new UsageError(`"${text}" is no status: there are ${statuses.join(', ')}.`);
}
