import type { Ask } from '../ledger/session.ts';
import type { Screen } from '../linkshare/screen.ts';
import { differencesOf, type Compared } from './compare.ts';
import type { Options } from './commands.ts';
import { printDifference, printSummary } from './print.ts';

/** Differences that are printed, if not all are asked for. */
const usually = 20;

/** The sums, then the differences one by one. */
export async function printAll(
  ask: Ask,
  { options, name }: { options: Options; name: string },
  compared: Compared,
  screen: Screen,
): Promise<void> {
  screen.print(printSummary(name, compared));
  const most = options.all ? Infinity : usually;
  let printed = 0;
  for await (const page of differencesOf(ask, compared.run)) {
    const shown = page.slice(0, most - printed);
    for (const difference of shown) screen.print(`\n${printDifference(difference)}`);
    printed += shown.length;
    if (printed >= most) break;
  }
  const { compared: all, agreed } = compared.summary;
  if (all - agreed > printed) screen.print(`\n.. and ${all - agreed - printed} more: --all prints them, --csv <file> writes them for Excel`); // prettier-ignore
}

/** One JSON document, written page by page: a report of any length needs the memory of a page. */
export async function printJson(ask: Ask, compared: Compared, screen: Screen, past: readonly string[]): Promise<void> {
  const { run, from, to, zone, brokeOff, summary } = compared;
  const head = { run, from, to, zone, complete: brokeOff === undefined, brokeOff, summary, past };
  screen.print(`${JSON.stringify(head).slice(0, -1)},"differences":[`);
  let comma = '';
  for await (const page of differencesOf(ask, run)) {
    screen.print(comma + page.map((difference) => JSON.stringify(difference)).join(',\n'));
    comma = ',';
  }
  screen.print(']}');
} // prettier-ignore
