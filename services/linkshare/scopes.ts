/** An API of TikTok that these tools call. */
export interface Api {
  name: string;
  method: 'GET' | 'POST';
  /** `{..}` stands for an id. */
  path: string;
  scope: string;
  /** What does not work without it. */
  breaks: string;
}

/** Every API these tools call, with the scope that a creator must grant. Source: the pages of each at https://partner.tiktokshop.com/docv2 */
export const apis: readonly Api[] = [
  {
    name: 'Creator profile',
    method: 'GET',
    path: '/affiliate_creator/202508/profiles',
    scope: 'creator.affiliate.info',
    breaks: 'who is authorised, in doctor; nothing else',
  },
  {
    name: 'Sharing links',
    method: 'POST',
    path: '/affiliate_creator/202501/affiliate_sharing_links/generate_batch',
    scope: 'creator.affiliate.link.write',
    breaks: 'linkshare link',
  },
  {
    name: 'Links for all publishers',
    method: 'POST',
    path: '/affiliate_creator/202505/affiliate_sharing_links/general_publishers/generate_batch',
    scope: 'creator.affiliate.share_link.read',
    breaks: 'linkshare link publishers',
  },
  {
    name: 'Links for one publisher',
    method: 'POST',
    path: '/affiliate_creator/202504/affiliate_sharing_links/publisher/{publisher_id}/generate_batch',
    scope: 'creator.affiliate.share_link.read',
    breaks: 'linkshare link publishers --publisher-id',
  },
  {
    name: 'Orders',
    method: 'POST',
    path: '/affiliate_creator/202410/orders/search',
    scope: 'creator.affiliate_collaboration.read',
    breaks: 'linkshare report: no sale is seen',
  },
  {
    name: 'Product selection',
    method: 'POST',
    path: '/affiliate_creator/202501/selection/products/search',
    scope: 'creator.affiliate_collaboration.read',
    breaks: 'linkshare products search',
  },
  {
    name: 'Open collaboration products',
    method: 'POST',
    path: '/affiliate_creator/202405/open_collaborations/products/search',
    scope: 'creator.affiliate_collaboration.read',
    breaks: 'linkshare products search --open',
  },
];

/** The API behind a path, ids in it or not. */
export function apiOf(path: string): Api | undefined {
  return apis.find((api) => api.path.split('{')[0] === path || pattern(api).test(path));
}

const pattern = ({ path }: Api) => new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`);
