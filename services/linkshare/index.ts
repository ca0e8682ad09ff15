/** The library as a program imports it. */
export {
  TikTokShopAffiliate,
  type AffiliateOptions,
  type ConversionWish,
  type TrackingLinkWish,
} from './affiliate.ts';
export { ConversionAnalyzer } from './analyzer.ts';
export { Conversions } from './conversions.ts';
export { TikTokError, UsageError, type Trouble } from './errors.ts';
export { linkFile, publishersByTag, type KeptLink, type LinkStore } from './linkStore.ts';
export type { OrderLine } from './line.ts';
export type { Product } from './product.ts';
export { searchProducts } from './products.ts';
export { rank } from './ranking.ts';
export { sign, textToSign } from './sign.ts';
export { tokenFile } from './tokenFile.ts';
export type { Tokens, TokenStore } from './tokens.ts';
