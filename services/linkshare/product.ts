import type { Money } from '../contract/money.ts';

/** A product that may be promoted, from either of TikTok's two searches. */
export interface Product {
  id: string;
  title: string;
  shop: string;
  /** The lowest and highest price of its variants. */
  price?: Money;
  highest?: Money;
  /** Hundredths of a percent: 1000 is 10 %. */
  rate?: number;
  /** Pieces sold so far, where TikTok tells. */
  sold?: number;
  /** Pieces in stock; where TikTok tells only whether there are any, 1 or 0. */
  stock?: number;
  /** 0 to 5, as TikTok writes it. */
  rating?: string;
  region?: string;
  link?: string;
  image?: string;
}
