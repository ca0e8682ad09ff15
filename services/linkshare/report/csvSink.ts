import type { Zone } from 'luxon';
import { byteOrderMark, csvLines } from '../csv.ts';
import type { OrderLine } from '../line.ts';
import type { Column } from './columns.ts';
import type { Sink } from './sink.ts';
import { cellText } from './text.ts';

/** Where text goes: a file that gets its name at the end, or standard output. */
export interface TextTarget {
  write(text: string): Promise<void>;
  /** Resolves to the name of the file, if it is one. */
  finish(): Promise<string | undefined>;
  abandon(): Promise<void>;
}

/** Lines as CSV, which Excel opens as UTF-8. */
export function csvSink(target: TextTarget, columns: readonly Column<OrderLine>[], zone: Zone): Sink {
  let begun = false;
  const begin = async () => {
    if (!begun) await target.write(byteOrderMark + csvLines([columns.map(({ name }) => name)]));
    begun = true;
  };
  return {
    async lines(batch) {
      await begin();
      if (batch.length > 0)
        await target.write(
          csvLines(batch.map((line) => columns.map(({ cell }) => cellText(cell(line), zone)))),
        );
    },
    async finish() {
      await begin();
      return [await target.finish()].filter((file) => file !== undefined);
    },
    abandon: () => target.abandon(),
  };
}
