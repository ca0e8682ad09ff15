import type { Trx } from '../audit.ts';
import { clean } from './clean.ts';
import type { Waiting } from './waiting.ts';

/** Keeps requests that are in no conversion, under every name by which a sale may be found in them. */
export async function keepWaiting(trx: Trx, run: number, waiting: readonly Waiting[]): Promise<void> {
  if (waiting.length === 0) return;
  const rows = waiting.map((each) => ({ run, id: each.id, data: JSON.stringify(each) }));
  await trx.insertInto('reconcile_waiting').values(rows).onConflict((on) => on.doNothing()).execute(); // prettier-ignore
  const names = waiting.flatMap((each) => namesOf(each).map((name) => ({ run, name, waiting: each.id })));
  for (let from = 0; from < names.length; from += atOnce)
    await trx.insertInto('reconcile_names').values(names.slice(from, from + atOnce)).onConflict((on) => on.doNothing()).execute(); // prettier-ignore
}

/** Three parameters each, of the 65,535 that a statement bears. */
const atOnce = 10_000;

function namesOf({ mentions }: Waiting): string[] {
  const names = mentions.flatMap((mention) =>
    'word' in mention ? mention.word : (mention.conversionId ?? mention.orderId ?? []),
  );
  return [...new Set(names.map(clean))];
}
