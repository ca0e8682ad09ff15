import { UsageError } from './errors.ts';
import { checkId } from './ids.ts';

/** What a sharing link leads to, in TikTok's words. */
export const materialTypes = ['PRODUCT', 'CAMPAIGN', 'SHOWCASE'] as const;
export type MaterialType = (typeof materialTypes)[number];

export interface Material {
  type: MaterialType;
  id?: string;
  campaignUrl?: string;
}

/** The numbers by which an earlier description of this API called them. */
const numbers: Record<string, MaterialType> = { 1: 'PRODUCT', 2: 'CAMPAIGN', 3: 'SHOWCASE' };

/** Reads `product`, `PRODUCT` or `1`. Throws UsageError, which tells who asks for a shop what TikTok offers instead. */
export function readType(text: string | number): MaterialType {
  const word = String(text).trim().toUpperCase();
  const type = numbers[word] ?? materialTypes.find((each) => each === word);
  if (type) return type;
  if (word === 'SHOP' || word === '5')
    throw new UsageError(
      'TikTok makes no links to a shop. Link to its products (linkshare products search --keyword .. --shop NAME, then linkshare link <ids>), or to your showcase with these products in it (linkshare link --type showcase).',
    );
  throw new UsageError(
    `"${String(text)}" is no type of link: there are product (1), campaign (2) and showcase (3).`,
  );
}

/** Checks that a type has what it needs, and nothing that TikTok would leave unread. Throws UsageError. */
export function checkMaterial(type: MaterialType, id?: string, campaignUrl?: string): Material {
  if (type === 'SHOWCASE') {
    if (id !== undefined || campaignUrl !== undefined)
      throw new UsageError(
        'A showcase link needs neither an id nor a campaign URL: it is the showcase of who authorised the app.',
      );
    return { type };
  }
  if (id === undefined)
    throw new UsageError(`A ${type.toLowerCase()} link needs the id of the ${type.toLowerCase()}.`);
  const checked = checkId(id, `a ${type.toLowerCase()} id`);
  if (type === 'PRODUCT') {
    if (campaignUrl !== undefined)
      throw new UsageError('A product link takes no campaign URL: leave it out, or say --type campaign.');
    return { type, id: checked };
  }
  return { type, id: checked, campaignUrl: checkUrl(campaignUrl) };
}

function checkUrl(text: string | undefined): string {
  if (text === undefined)
    throw new UsageError('A campaign link needs the address of the campaign page: --campaign-url https://..');
  const url = URL.parse(text);
  if (url?.protocol === 'https:') return text;
  throw new UsageError(
    `"${text.slice(0, 100)}" is not the address of a campaign page: it begins with https://`,
  );
}
