import type { Zone } from 'luxon';
import type { Money } from '../../contract/money.ts';
import type { Cell } from '../report/columns.ts';
import { styles } from './styles.ts';
import { cellXml } from './xml.ts';

/** A cell with its type, so that Excel sorts and adds it. Nothing for an empty one. */
export function cellOf(cell: Cell, at: string, zone: Zone): string {
  switch (cell.kind) {
    case 'text':
      return cell.text === '' ? '' : textCell(cell.text, at, styles.text);
    case 'count':
      return numberCell(String(cell.count), at, styles.count);
    case 'money':
      return cell.money ? moneyCell(cell.money, at) : '';
    case 'time':
      return cell.iso === undefined ? '' : numberCell(serial(cell.iso, zone), at, styles.time);
    case 'rate':
      return cell.rate === undefined ? '' : numberCell(String(cell.rate / 10_000), at, styles.rate);
  }
}

export const textCell = (text: string, at: string, style: number): string =>
  `<c r="${at}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${cellXml(text)}</t></is></c>`;

const numberCell = (value: string, at: string, style: number) =>
  `<c r="${at}" s="${style}"><v>${value}</v></c>`;

/** Currencies that are written without decimals, whatever ISO 4217 says. */
const whole = new Set(['IDR', 'VND', 'JPY', 'KRW', 'CLP']);

/** Excel counts in floats, exact to 15 digits: an amount with more stays a text, which nobody adds up wrongly. */
function moneyCell({ amount, currency }: Money, at: string): string {
  if (amount.replace(/\D/g, '').length > 15) return textCell(amount, at, styles.text);
  const decimals = (amount.split('.')[1] ?? '').length;
  const style =
    decimals > 2
      ? styles.fineMoney
      : decimals === 0 && whole.has(currency)
        ? styles.wholeMoney
        : styles.money;
  return numberCell(amount, at, style);
}

/** Days since 1899-12-30, as the clock on the wall there counts them: Excel knows no zones. */
function serial(iso: string, zone: Zone): string {
  const at = Date.parse(iso);
  const seconds = Math.round((at + zone.offset(at) * 60_000) / 1000);
  return String(25_569 + seconds / 86_400);
}
