import type { Command } from 'commander';
import { UsageError } from '../../linkshare/errors.ts';
import { checkId } from '../../linkshare/ids.ts';
import { rank } from '../../linkshare/ranking.ts';
import { shortlistFile } from '../../linkshare/shortlist.ts';
import { readConfig } from '../../runtime/config.ts';
import { makeForIds, type LinkOptions } from './link.ts';
import { collect, common, printed } from './options.ts';
import { checkPrint, type PrintOptions } from './print.ts';
import { printProducts } from './products.ts';
import { openScreen, type Here } from './screen.ts';
import { shortlistPath } from './settings.ts';

/** `linkshare products shortlist|add|remove|link`: from what was found to links, in one step. */
export function addShortlist(products: Command, here: Here): void {
  const open = () => shortlistFile(shortlistPath(readConfig(here.env).dataDir));
  printed(products.command('shortlist'))
    .description('Show the shortlist, or export it with --csv or --json')
    .action(async (options: PrintOptions) => {
      checkPrint(options);
      printProducts(openScreen(here.terminal), rank(await open().all(), 'sale'), options, 'sale');
    });
  products
    .command('add')
    .description('Put products on the shortlist')
    .argument('<ids...>')
    .action((ids: string[]) => {
      const added = ids.map((id) => ({ id: checkId(id), title: '', shop: '' }));
      // What is known of a product stays known.
      return change(here, (list) => [
        ...list,
        ...added.filter(({ id }) => list.every((each) => each.id !== id)),
      ]);
    });
  products
    .command('remove')
    .description('Take products off the shortlist, or all with --all')
    .argument('[ids...]')
    .option('--all', 'every one')
    .action((ids: string[], { all }: { all?: boolean }) => {
      if (ids.length === 0 && !all) throw new UsageError('Name the products to remove, or say --all.');
      return change(here, (list) => (all ? [] : list.filter(({ id }) => !ids.includes(id))));
    });
  printed(common(products.command('link')))
    .description('Make a link for each product on the shortlist')
    .option('--channel <name>', 'where the links will be shown')
    .option('--tag <tag>', 'comes back with each order; several give a link each', collect)
    .option('--publisher <id>', 'whose the orders will be')
    .action(async (options: LinkOptions) => {
      const ids = (await open().all()).map(({ id }) => id);
      if (ids.length === 0)
        throw new UsageError('The shortlist is empty: linkshare products search .. --add');
      await makeForIds(here, ids, { ...options, type: 'product' });
    });
}

async function change(
  here: Here,
  how: Parameters<ReturnType<typeof shortlistFile>['change']>[0],
): Promise<void> {
  const after = await shortlistFile(shortlistPath(readConfig(here.env).dataDir)).change(how);
  openScreen(here.terminal).note(`the shortlist now has ${after.length} products`);
}
