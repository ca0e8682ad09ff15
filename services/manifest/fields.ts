/**
 * The fields a manifest can fill, and how each is read. The manifest says where a value is; this says what it must be.
 *
 * `must`: once mapped it has to come with every request, unless the manifest marks it with `?`. The others may be empty:
 * a shopper without a sub id is still a sale.
 */
export const fieldKinds = {
  account: { kind: 'text', must: true, says: 'Which of our accounts at the partner' },
  conversionId: { kind: 'text', must: true, says: "The partner's id of the sale" },
  lineId: { kind: 'text', must: true, says: 'The line of the sale, where lines are reported' },
  orderId: { kind: 'text', must: false, says: "The shop's or the partner's order" },
  clickId: { kind: 'text', must: false, says: 'The click id that went out with the shopper' },
  publisherRef: { kind: 'text', must: false, says: 'What names the publisher: a sub id, tag or channel' },
  offerId: { kind: 'text', must: false, says: "The partner's id of the offer or campaign" },
  offerName: { kind: 'text', must: false, says: 'Its name' },
  productId: { kind: 'text', must: false, says: 'The product sold' },
  productName: { kind: 'text', must: false, says: 'Its name' },
  quantity: { kind: 'text', must: false, says: 'How many of it' },
  saleAmount: { kind: 'money', must: true, says: 'What the shopper paid, and its currency' },
  commission: { kind: 'money', must: true, says: 'What the partner pays us, and its currency' },
  localSaleAmount: {
    kind: 'money',
    must: true,
    says: "What the shopper paid in the shop's currency, where both come",
  },
  localCommission: {
    kind: 'money',
    must: true,
    says: "What the partner pays us in the shop's currency, where both come",
  },
  occurredAt: { kind: 'time', must: true, says: 'When the sale was made' },
  clickedAt: { kind: 'time', must: true, says: 'When the shopper clicked' },
  updatedAt: { kind: 'time', must: true, says: 'When the partner last changed it' },
} as const satisfies Record<string, { kind: 'text' | 'money' | 'time'; must: boolean; says: string }>;

export type FieldName = keyof typeof fieldKinds;
export type FieldKind = (typeof fieldKinds)[FieldName]['kind'];

export const fieldNames = Object.keys(fieldKinds) as FieldName[];
