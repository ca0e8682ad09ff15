import type { OrderLine } from '../line.ts';
import type { TextTarget } from './csvSink.ts';
import type { Reading } from './groups.ts';
import type { Sink } from './sink.ts';

/** Lines as one JSON object: `orders` as they come, then `totals` and `about`, which are known at the end. */
export function jsonSink(target: TextTarget, { publishers }: Reading): Sink {
  let lines = 0;
  const write = (line: OrderLine) => {
    const publisher = publishers.get(line.tag);
    return `${lines++ === 0 ? '' : ','}\n${JSON.stringify(publisher ? { ...line, publisher } : line)}`;
  };
  const begin = async () => {
    if (lines === 0) await target.write('{"orders":[');
  };
  return {
    async lines(batch) {
      if (batch.length === 0) return;
      await begin();
      await target.write(batch.map(write).join(''));
    },
    async finish({ about, totals, by }) {
      await begin();
      const rest = { totals, products: by('product'), days: by('day'), statuses: by('status'), about };
      await target.write(`\n],${JSON.stringify(rest).slice(1)}\n`);
      return [await target.finish()].filter((file) => file !== undefined);
    },
    abandon: () => target.abandon(),
  };
}
