import type { Command } from 'commander';
import { linkFile, type KeptLink } from '../../linkshare/linkStore.ts';
import { readConfig } from '../../runtime/config.ts';
import { printed } from './options.ts';
import { checkPrint, printList, type PrintOptions } from './print.ts';
import { linksPath } from './settings.ts';
import { openScreen, type Here } from './screen.ts';

interface ListOptions extends PrintOptions {
  publisher?: string;
  tag?: string;
  last: string;
}

/** `linkshare link list`: what was made, newest first. */
export function addLinkList(link: Command, here: Here): void {
  printed(link.command('list'))
    .description('Find links that were made')
    .argument('[text]', 'stands in the id, tag, channel, publisher or link')
    .option('--publisher <id>', 'of this publisher')
    .option('--tag <tag>', 'with this tag')
    .option('--last <n>', 'how many, newest first', '100')
    .action((text: string | undefined, options: ListOptions) => list(here, text, options));
}

async function list(here: Here, text: string | undefined, options: ListOptions): Promise<void> {
  checkPrint(options);
  const all = await linkFile(linksPath(readConfig(here.env).dataDir)).all();
  const found = all.filter((each) => fits(each, text, options)).reverse();
  const shown = found.slice(0, Number(options.last) || 100);
  const screen = openScreen(here.terminal);
  printList(screen, options, {
    columns: [
      { name: 'made' },
      { name: 'type' },
      { name: 'id' },
      { name: 'tag' },
      { name: 'channel' },
      { name: 'publisher' },
      { name: 'link', most: 200 },
    ],
    rows: shown.map((each) => [
      each.madeAt.slice(0, 16).replace('T', ' '),
      each.type,
      each.materialId ?? '',
      each.tag,
      each.channel ?? '',
      each.publisher ?? '',
      each.link,
    ]),
    json: shown,
    none: all.length === 0 ? 'No link was made yet: linkshare link <product id>' : 'No link fits.',
  });
  if (shown.length < found.length) screen.note(`${shown.length} of ${found.length} links; more with --last`);
}

function fits(each: KeptLink, text: string | undefined, { publisher, tag }: ListOptions): boolean {
  if (publisher !== undefined && each.publisher !== publisher) return false;
  if (tag !== undefined && each.tag !== tag) return false;
  const { materialId, channel, link } = each;
  const all = [materialId, each.tag, channel, each.publisher, link].join('\n').toLowerCase();
  return text === undefined || all.includes(text.toLowerCase());
}
