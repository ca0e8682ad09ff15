import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import type { Here } from './screen.ts';
import { TikTokError, UsageError } from '../../linkshare/errors.ts';
import { inParallel } from '../../linkshare/parallel.ts';
import { checkTag, makeLinks } from '../../linkshare/links.ts';
import { checkOwner, type KeptLink } from '../../linkshare/linkStore.ts';
import { checkMaterial, readType, type Material } from '../../linkshare/materials.ts';
import { addLinkList } from './linkList.ts';
import { addPublisherLinks } from './linkPublishers.ts';
import { collect, common, printed } from './options.ts';
import { checkPrint, printList, type PrintOptions } from './print.ts';
import { withSession, type CommonOptions, type Session } from './session.ts';

export interface LinkOptions extends CommonOptions, PrintOptions {
  type: string;
  campaignUrl?: string;
  channel?: string;
  tag?: string[];
  publisher?: string;
  file?: string;
}

/** `linkshare link ..`: links that bring their tag back with every order. */
export function addLink(program: Command, here: Here): void {
  const link = program.command('link').description('Make and find TikTok Shop links');
  printed(common(link.command('make', { isDefault: true })))
    .description('Make a link for each id and tag (the default: `linkshare link 1729..`)')
    .argument('[ids...]', 'ids of products or campaigns')
    .option('--type <type>', 'product (1), campaign (2) or showcase (3)', 'product')
    .option('--campaign-url <url>', 'the address of the campaign page')
    .option('--channel <name>', 'where the link will be shown, such as OEM2_VIVO_PUSH')
    .option('--tag <tag>', 'comes back with each order; several give a link each', collect)
    .option('--publisher <id>', 'whose the orders will be; their tag is this id unless you give one')
    .option('--file <file>', 'more ids, one a line')
    .action((ids: string[], options: LinkOptions) => makeForIds(here, ids, options));
  addPublisherLinks(link, here);
  addLinkList(link, here);
}

/** One line of what comes out. */
interface Row {
  id: string;
  tag: string;
  link: string;
  error: string;
}

/** Makes a link for each id and tag, prints and remembers them. Rejects, after all else was made, if any was not. */
export async function makeForIds(here: Here, given: string[], options: LinkOptions): Promise<void> {
  checkPrint(options);
  const materials = materialsOf(given, options);
  const tags = [...new Set((options.tag ?? (options.publisher ? [options.publisher] : [])).map(checkTag))];
  await withSession(here, options, async (session) => {
    checkOwner(await session.links.all(), tags, options.publisher);
    const rows = await makeAll(session, materials, tags, options);
    print(session, rows, options);
    const failed = rows.filter(({ error }) => error !== '').length;
    if (failed > 0) throw new Error(`${failed} of ${rows.length} links were not made`);
  });
}

/** Everything that is wrong shows before the first call. */
function materialsOf(given: string[], { type: word, file, campaignUrl }: LinkOptions): Material[] {
  const type = readType(word);
  const ids = [...new Set([...given, ...(file === undefined ? [] : readIds(file))])];
  if (type === 'SHOWCASE') return [checkMaterial(type, ids[0], campaignUrl)];
  if (ids.length === 0) throw new UsageError(`Name at least one ${word} id, or --file with one a line.`);
  return ids.map((id) => checkMaterial(type, id, campaignUrl));
}

/** Ids of a file, the first cell of each line; a heading and empty lines are passed over. */
export function readIds(file: string): string[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as Error).message}`);
  }
  const cells = text
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .map((line) =>
      line
        .split(/[,;\t]/)[0]!
        .replace(/^["']+|["']+$/g, '')
        .trim(),
    );
  const ids = cells.filter((cell, i) => cell !== '' && !(i === 0 && /^[\p{L} _]+$/u.test(cell)));
  if (ids.length === 0) throw new UsageError(`${file} holds no ids: one a line is expected.`);
  return ids;
}

/** What was made is remembered at once: what comes after may fail. */
async function makeAll(
  { client, links, screen }: Session,
  materials: Material[],
  tags: string[],
  options: LinkOptions,
): Promise<Row[]> {
  let done = 0;
  const { results, stopped } = await inParallel(materials, 4, async (material): Promise<Row[]> => {
    const id = material.id ?? '';
    try {
      const { made, failed } = await makeLinks(client, { material, channel: options.channel, tags });
      await links.add(made.map((each) => kept(material, each, options)));
      const rows = made.map(({ tag, link }) => ({ id, tag, link, error: '' }));
      return [...rows, ...failed.map(({ what, why }) => ({ id, tag: what, link: '', error: why }))];
    } catch (error) {
      if (!(error instanceof TikTokError) || !concernsOne(error)) throw error;
      return [{ id, tag: tags.join(' '), link: '', error: error.message.split('\n')[0]! }];
    } finally {
      screen.progress(++done, materials.length, 'links');
    }
  });
  if (stopped === undefined) return results.flat();
  if (results.length > 0) print({ screen }, results.flat(), options);
  throw stopped as Error;
}

/** Another product may still do; without a token none will. */
const concernsOne = ({ trouble }: TikTokError) => ['parameter', 'item', 'other'].includes(trouble);

const kept = (
  { type, id }: Material,
  { tag, link }: { tag: string; link: string },
  { channel, publisher }: LinkOptions,
): KeptLink => ({
  madeAt: new Date().toISOString(),
  type: type.toLowerCase(),
  ...(id && { materialId: id }),
  tag,
  ...(channel && { channel }),
  ...(publisher && { publisher }),
  link,
});

function print({ screen }: Pick<Session, 'screen'>, rows: Row[], options: LinkOptions): void {
  const { channel, publisher, type } = options;
  const failed = rows.filter(({ error }) => error !== '');
  printList(screen, options, {
    columns: [
      { name: 'id' },
      { name: 'tag' },
      { name: 'link', most: 200 },
      // A person needs no empty column; a program needs the same ones every time.
      ...(failed.length > 0 || options.csv ? [{ name: 'error', most: 200 }] : []),
    ],
    rows: rows.map(({ id, tag, link, error }) => [id, tag, link, error]),
    json: {
      made: rows
        .filter(({ error }) => error === '')
        .map(({ id, tag, link }) => ({
          type: readType(type).toLowerCase(),
          id,
          tag,
          channel,
          publisher,
          link,
        })),
      failed: failed.map(({ id, tag, error }) => ({ id, tag, why: error })),
    },
    none: 'no links',
  });
  screen.note(
    `links made${publisher ? ` for ${publisher}` : ''}: ${rows.length - failed.length}${failed.length > 0 ? `, not made: ${failed.length}` : ''}`,
  );
}
