import type { Zone } from 'luxon';
import { wallTime } from '../period.ts';
import type { Cell } from './columns.ts';

/** A cell as CSV holds it: plain decimals, times of the report's zone, rates in percent. */
export function cellText(cell: Cell, zone: Zone): string | number {
  switch (cell.kind) {
    case 'text':
      return cell.text;
    case 'count':
      return cell.count;
    case 'money':
      return cell.money?.amount ?? '';
    case 'time':
      return cell.iso === undefined ? '' : wallTime(cell.iso, zone);
    case 'rate':
      return cell.rate === undefined ? '' : `${cell.rate / 100}%`;
  }
}
