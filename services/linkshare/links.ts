import { z } from 'zod';
import { readData } from './answer.ts';
import type { Client } from './client.ts';
import { TikTokError, UsageError } from './errors.ts';
import type { Material } from './materials.ts';

export interface LinkWish {
  material: Material;
  /** Where the link will be shown: OEM2_VIVO_PUSH. TikTok keeps it with the link. */
  channel?: string | undefined;
  /** Each gets a link of its own, and comes back on every order line of that link. */
  tags: readonly string[];
}

export interface MadeLink {
  /** Empty where none was asked for. */
  tag: string;
  link: string;
}

/** A tag or a product for which TikTok made no link, and why. */
export interface NotMade {
  what: string;
  why: string;
}

export interface Links {
  made: MadeLink[];
  failed: NotMade[];
}

const path = '/affiliate_creator/202501/affiliate_sharing_links/generate_batch';

const text = z.string().nullish();

const answer = z.object({
  affiliate_sharing_links: z
    .array(z.object({ tag: text, affiliate_sharing_link: z.string().min(1) }))
    .nullish(),
  errors: z
    .array(
      z.object({
        code: z.unknown(),
        message: text,
        detail: z.object({ tag: text, fail_reason: text }).nullish(),
      }),
    )
    .nullish(),
});

/**
 * Makes a sharing link for each tag, in one call. A tag that TikTok refuses stands in `failed` beside the links of the others. Rejects
 * with a TikTokError where none could be made.
 * Source: https://partner.tiktokshop.com/docv2/page/generate-affiliate-sharing-link-202501
 */
export async function makeLinks(client: Client, { material, channel, tags }: LinkWish): Promise<Links> {
  const { type, id, campaignUrl } = material;
  const body = {
    material: { type, ...(id && { id }), ...(campaignUrl && { campaign_url: campaignUrl }) },
    ...(channel && { channel }),
    ...(tags.length > 0 && { tags }),
  };
  const { affiliate_sharing_links: links, errors } = readData(
    'links',
    answer,
    await client.call({ method: 'POST', path, body }),
  );
  const made = (links ?? []).map((each) => ({ tag: each.tag ?? '', link: each.affiliate_sharing_link }));
  const failed = (errors ?? []).map(({ code, message, detail }) => ({
    what: detail?.tag ?? '',
    why: detail?.fail_reason || message || `code ${String(code)}`,
  }));
  const told = new Set([...made.map(({ tag }) => tag), ...failed.map(({ what }) => what)]);
  const silent = tags
    .filter((tag) => !told.has(tag))
    .map((tag) => ({ what: tag, why: 'TikTok answered nothing about this tag' }));
  if (made.length + failed.length + silent.length === 0)
    throw new TikTokError('TikTok made no link and named no error: give it a --tag', { trouble: 'item' });
  return { made, failed: [...failed, ...silent] };
}

/** A tag that a person gave. Throws UsageError where it would not come back as it went. */
export function checkTag(tag: string): string {
  const trimmed = tag.trim();
  if (trimmed === '') throw new UsageError('A tag is empty: give it some letters, or leave it out.');
  if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(trimmed))
    throw new UsageError('A tag holds a line break or another character that nobody sees.');
  return trimmed;
}
