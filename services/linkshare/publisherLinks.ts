import { z } from 'zod';
import { readData } from './answer.ts';
import type { Client } from './client.ts';
import { UsageError } from './errors.ts';
import { idOf } from './ids.ts';
import type { NotMade } from './links.ts';

export interface PublisherWish {
  /** Product ids: any number, of which TikTok is asked for 50 at a time. */
  ids: readonly string[];
  /** The publisher as we call it; without one the links are for all, and the publisher is added to their address. */
  publisherId?: string | undefined;
  campaignId?: string | undefined;
  /** TOKO makes links to Tokopedia. */
  linkType?: string | undefined;
}

export interface PublisherLink {
  materialId: string;
  link: string;
  /** Opens the app. */
  deepLink: string;
  /** Opens the app where there is one, else the shop. */
  oneLink: string;
}

/** Products of one call. */
const most = 50;

const id = z
  .unknown()
  .optional()
  .transform((value) => idOf(value) ?? '');
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const answer = z.object({
  sharing_links: z
    .array(z.object({ material_id: id, sharing_link: text, deep_link: text, one_link: text }))
    .nullish(),
  failed_materials: z.array(z.object({ material_id: id, fail_reason: text })).nullish(),
});

/**
 * Makes links of TikTok's publisher programme. A product that TikTok refuses stands in `failed` beside the links of the others.
 * Source: https://partner.tiktokshop.com/docv2/page/creator-generate-publisher-link-202504 and creator-generate-general-link-202505
 */
export async function makePublisherLinks(
  client: Client,
  { ids, publisherId, campaignId, linkType }: PublisherWish,
  onBatch?: (done: number) => void,
): Promise<{ made: PublisherLink[]; failed: NotMade[] }> {
  const path = pathOf(publisherId);
  const made: PublisherLink[] = [];
  const failed: NotMade[] = [];
  for (let from = 0; from < ids.length; from += most) {
    const material = { ids: ids.slice(from, from + most), type: 'PRODUCT' };
    const body = {
      material,
      ...(campaignId && { campaign_id: campaignId }),
      ...(linkType && { link_type: linkType }),
    };
    const { sharing_links: links, failed_materials: refused } = readData(
      'links',
      answer,
      await client.call({ method: 'POST', path, body }),
    );
    for (const each of links ?? [])
      made.push({
        materialId: each.material_id,
        link: each.sharing_link,
        deepLink: each.deep_link,
        oneLink: each.one_link,
      });
    for (const each of refused ?? []) failed.push({ what: each.material_id, why: each.fail_reason });
    onBatch?.(Math.min(from + most, ids.length));
  }
  return { made, failed };
}

function pathOf(publisherId: string | undefined): string {
  const links = '/affiliate_creator';
  if (publisherId === undefined)
    return `${links}/202505/affiliate_sharing_links/general_publishers/generate_batch`;
  // It is part of a path that is signed: what needs escaping there would be signed differently here and at TikTok.
  if (!/^[\w-]{1,100}$/.test(publisherId))
    throw new UsageError(`"${publisherId.slice(0, 40)}" is no publisher id: letters, digits, _ and - only.`);
  return `${links}/202504/affiliate_sharing_links/publisher/${publisherId}/generate_batch`;
}
