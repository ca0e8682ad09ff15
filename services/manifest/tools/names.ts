import { currencies } from '../../contract/currency.ts';
import type { FieldName } from '../fields.ts';

/**
 * What parameters are usually called, by our field, the likeliest first. Names are compared without case and separators: `conversionId`,
 * `conversion_id` and `CONVERSION-ID` are one. Gathered from the public documentation of some fifty networks; none is meant in particular.
 */
const usual = {
  conversionId: 'conversionid convid conversion transactionid transid txnid txid txn suborderid subtransaction subtransactionid actionid saleid sale transaction receipt purchaseid leadid eventid id orderid ordernumber orderno ordersn',
  lineId: 'lineid line lineitemid orderitemid itemno position suborderid sku skuid itemid productid id',
  orderId: 'orderid ordernumber orderno ordersn orderref orderreference order merchantorderid invoiceid invoice oid basketid',
  clickId: 'clickid affclickid click clickref clkid',
  offerId: 'offerid offer campaignid campaign programid advertiserid merchantid adid',
  offerName: 'offername offertitle campaignname programname advertisername advertiser merchantname merchant shopname shop store',
  productId: 'productid sku skuid itemid productsku product',
  productName: 'productname itemname title name product',
  quantity: 'quantity qty itemcount count',
  commission: 'payout payoutamount commission commissionamount reward rewards earning earnings payment profit sum',
  saleAmount: 'saleamount salesamount sales orderamount ordertotal ordervalue ordersum transactionamount transactionvalue purchaseamount basketvalue cartvalue payamount saleprice productprice price gmv totalamount amount total value revenue turnover',
  occurredAt: 'occurredat conversiontime conversiondatetime datetimeconversion conversiondate saletime saledate soldat eventtime eventdate transactiontime transactiondate ordertime orderdate purchasetime purchasedate createdat creationdate created datetime date time timestamp ts',
  clickedAt: 'clickedat clicktime clickdatetime clickdate',
  updatedAt: 'updatedat updatetime updatedate updated modifiedat modificationdate lastmodified lastupdate',
} as const satisfies Partial<Record<FieldName, string>>; // prettier-ignore

type Usual = keyof typeof usual;
export type GuessedField = Exclude<Usual, 'commission' | 'saleAmount'>;

export const guessedFields = (Object.keys(usual) as Usual[]).filter((field): field is GuessedField => field !== 'commission' && field !== 'saleAmount'); // prettier-ignore
export const usualNames = (field: Usual): readonly string[] => usual[field].split(' ');

const list = (names: string) => new Set(names.split(' '));
export const statusNames = 'status conversionstatus salestatus orderstatus transactionstatus statusid state approvalstatus transactiontype conversiontype eventtype event type action'.split(' '); // prettier-ignore
const currencyNames = list('currency currencycode curr cur conversioncurrency payoutcurrency salecurrency ordercurrency'); // prettier-ignore
const secretNames = list('token postbacktoken accesstoken securitytoken secret secretkey securekey key apikey securitykey pass password passphrase auth'); // prettier-ignore
const signatureNames = list('signature sig sign hash hmac checksum shasign sha1 sha256 md5 digest verifier securityhash authhash'); // prettier-ignore
const testNames = list('test istest testmode sandbox');
const subIdName = /^(?:aff|adv|aff_?click_)?(?:subid|sub|sid|uid|affsub|advsub|smartid)\d*$|^[sp][1-9]$|^(?:utm(?:source|content|campaign|medium)|mediaid|sharedid|publisherref|channel|tag|customfield\d)$/; // prettier-ignore

/** `conversionId`, `aff_sub2`, `USD-Payout` as their words. */
const wordsOf = (name: string) =>
  name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');

export const squeezed = (name: string) => wordsOf(name).join('');

/** Codes that are words of English, too. */
const ambiguous = new Set(['ALL', 'TOP', 'CUP', 'PEN']);

/** A name without the words that only tell what it is counted in: `usd_payout`, `payout_local`, `amount_cents`. */
export function withoutCurrency(name: string): {
  name: string;
  currency?: string;
  isLocal: boolean;
  isCents: boolean;
} {
  const all = wordsOf(name);
  const cents = /^(.+?)( in)? (cents|minor( units?)?)$/.exec(all.join(' '))?.[1];
  const words = cents?.split(' ') ?? all;
  const codes = words.map((word) => word.toUpperCase());
  const code = words.length > 1 ? codes.find((word) => currencies.has(word) && !ambiguous.has(word)) : undefined; // prettier-ignore
  const isLocal = words.length > 1 && words.includes('local');
  const rest = words.filter((word, i) => codes[i] !== code && !(isLocal && word === 'local'));
  return { name: rest.join(''), ...(code !== undefined && { currency: code }), isLocal, isCents: cents !== undefined }; // prettier-ignore
}

export const isCurrencyName = (name: string) => currencyNames.has(squeezed(name));
export const isSecretName = (name: string) => secretNames.has(squeezed(name).replace(/^x/, ''));
export const isSignatureName = (name: string) =>
  signatureNames.has(squeezed(name)) || /^x.*(signature|hmac|sign)/.test(squeezed(name));
export const isTestName = (name: string) => testNames.has(squeezed(name));
export const isSubIdName = (name: string) => subIdName.test(squeezed(name));
