import { UsageError } from './errors.ts';

/**
 * An id as text. TikTok's have 17 to 19 digits, more than a float holds, and come as text or as a JSON number, which `parseJson` leaves
 * as written. Undefined where there is none.
 */
export function idOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' || value === '0' ? undefined : value;
  return typeof value === 'number' && Number.isSafeInteger(value) && value !== 0 ? String(value) : undefined;
}

/** An id that a person gave. Throws UsageError where it is none: TikTok would answer that it does not exist, or nothing at all. */
export function checkId(text: string, what = 'a product id'): string {
  const id = text.trim();
  if (/^\d{5,20}$/.test(id)) return id;
  const short = id.length > 40 ? `${id.slice(0, 40)}..` : id;
  throw new UsageError(`"${short}" is not ${what}: it has 5 to 20 digits and nothing else. ${hint(id)}`);
}

function hint(id: string): string {
  if (/^\d(\.\d+)?e\+?\d+$/i.test(id))
    return 'A spreadsheet has rounded it: format the column as text and copy it again.';
  const inUrl = /\/(?:product|view)\/(?:product\/)?(\d{5,20})/.exec(id)?.[1];
  return inUrl ? `Take the one in that address: ${inUrl}.` : 'Copy it from the address of the product page.';
}
