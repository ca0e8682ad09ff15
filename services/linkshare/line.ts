import type { Money } from '../contract/money.ts';

/** The amounts of a line that TikTok tells beside its price. Bonus, ads and reward are parts of the commission, not more of it. */
export const amountNames = {
  estimatedCommission: 'estimated_commission',
  actualCommission: 'actual_commission',
  estimatedCommissionBase: 'estimated_commission_base',
  actualCommissionBase: 'actual_commission_base',
  estimatedBonusCommission: 'estimated_bonus_commission',
  actualBonusCommission: 'actual_bonus_commission',
  estimatedShopAdsCommission: 'estimated_shop_ads_commission',
  actualShopAdsCommission: 'actual_shop_ads_commission',
  estimatedRewardFee: 'estimated_creator_commission_reward_fee',
  actualRewardFee: 'actual_creator_commission_reward_fee',
} as const;
export type AmountName = keyof typeof amountNames;

/** One line of an order: a product variant that somebody bought. */
export interface OrderLine extends Partial<Record<AmountName, Money>> {
  orderId: string;
  /** The variant's id; an order has at most one line of each. */
  lineId: string;
  /** When it was ordered, ISO 8601 UTC. */
  createdAt: string;
  deliveredAt?: string;
  /** SETTLED, TO_SETTLE ..; see `statuses`. */
  status: string;
  productId: string;
  productName: string;
  shopName: string;
  quantity: number;
  refunded: number;
  returned: number;
  /** Of one piece. */
  price?: Money;
  /** Price times quantity: what was ordered, refunds not taken off. */
  amount?: Money;
  /** Hundredths of a percent: 1000 is 10 %. */
  rate?: number;
  tag: string;
  contentId: string;
  contentType: string;
  campaignId: string;
  /** What TikTok sent in a way that can be read in two ways or in none: `price "1.234" may be thousands or decimals`. */
  unread?: string[];
}
