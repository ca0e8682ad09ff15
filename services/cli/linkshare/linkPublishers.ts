import type { Command } from 'commander';
import type { Here } from './screen.ts';
import { UsageError } from '../../linkshare/errors.ts';
import { checkId } from '../../linkshare/ids.ts';
import { makePublisherLinks } from '../../linkshare/publisherLinks.ts';
import { readIds } from './link.ts';
import { common, printed } from './options.ts';
import { checkPrint, printList, type PrintOptions } from './print.ts';
import { withSession, type CommonOptions } from './session.ts';

interface Options extends CommonOptions, PrintOptions {
  publisherId?: string;
  campaignId?: string;
  linkType?: string;
  file?: string;
}

/** `linkshare link publishers`: links of TikTok's publisher programme, which carry a publisher rather than a tag. */
export function addPublisherLinks(link: Command, here: Here): void {
  printed(common(link.command('publishers')))
    .description("Make links of TikTok's publisher programme: for all publishers, or for one")
    .argument('[ids...]', 'product ids')
    .option('--publisher-id <id>', 'the publisher as you call it; without it the links are for all')
    .option('--campaign-id <id>', 'the campaign that the products are in')
    .option('--link-type <type>', 'TOKO for Tokopedia')
    .option('--file <file>', 'more ids, one a line')
    .action((ids: string[], options: Options) => make(here, ids, options));
}

async function make(here: Here, given: string[], options: Options): Promise<void> {
  checkPrint(options);
  const { publisherId, campaignId, linkType, file } = options;
  const ids = [...new Set([...given, ...(file === undefined ? [] : readIds(file))].map((id) => checkId(id)))];
  if (ids.length === 0) throw new UsageError('Name at least one product id, or --file with one a line.');
  if (campaignId !== undefined) checkId(campaignId, 'a campaign id');
  await withSession(here, options, async ({ client, links, screen }) => {
    const { made, failed } = await makePublisherLinks(
      client,
      { ids, publisherId, campaignId, linkType },
      (done) => screen.progress(done, ids.length, 'links'),
    );
    const madeAt = new Date().toISOString();
    await links.add(
      made.map((each) => ({
        madeAt,
        type: 'publisher',
        materialId: each.materialId,
        tag: '',
        ...(publisherId && { publisher: publisherId }),
        link: each.link,
      })),
    );
    printList(screen, options, {
      columns: [
        { name: 'id' },
        { name: 'link', most: 200 },
        { name: 'deep link', most: 40 },
        { name: 'one link', most: 40 },
        { name: 'error', most: 200 },
      ],
      rows: [
        ...made.map((each) => [each.materialId, each.link, each.deepLink, each.oneLink, '']),
        ...failed.map(({ what, why }) => [what, '', '', '', why]),
      ],
      json: { made, failed },
      none: 'no links',
    });
    screen.note(`links made: ${made.length}${failed.length > 0 ? `, not made: ${failed.length}` : ''}`);
    if (failed.length > 0) throw new Error(`${failed.length} of ${ids.length} links were not made`);
  });
}
