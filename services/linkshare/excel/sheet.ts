import type { Zone } from 'luxon';
import type { Column } from '../report/columns.ts';
import { cellOf, textCell } from './cell.ts';
import { styles } from './styles.ts';
import { absolute, rangeOf, type Part, type Workbook } from './workbook.ts';
import { columnName, declaration } from './xml.ts';

/** Excel's own limit, the heading among them. */
const mostRows = 1_048_576;

export interface SheetFile {
  name: string;
  file: string;
  filter: string;
}

/** A table of rows with a heading that stays, filters and widths. What is too long for one sheet goes on in the next. */
export interface Sheet<Row> {
  add(row: Row): Promise<void>;
  /** The sheets it became. */
  end(): Promise<SheetFile[]>;
}

export function beginSheet<Row>(
  workbook: Workbook,
  {
    name,
    columns,
    zone,
    most = mostRows,
  }: { name: string; columns: readonly Column<Row>[]; zone: Zone; most?: number },
): Sheet<Row> {
  const done: SheetFile[] = [];
  const letters = columns.map((_, i) => columnName(i));
  let open: { part: Part; file: string } | undefined;
  let rows = 0;

  async function begin(): Promise<Part> {
    open = await workbook.sheet();
    await open.part.write(head(columns));
    rows = 1;
    return open.part;
  }
  async function finish(): Promise<void> {
    const range = rangeOf(columns.length, rows);
    await open!.part.write(`</sheetData><autoFilter ref="${range}"/></worksheet>`);
    await open!.part.end();
    done.push({
      name: done.length === 0 ? name : `${name} ${done.length + 1}`,
      file: open!.file,
      filter: absolute(range),
    });
    open = undefined;
  }
  return {
    async add(row) {
      if (open && rows >= most) await finish();
      const part = open?.part ?? (await begin());
      rows++;
      const cells = columns.map((column, i) => cellOf(column.cell(row), `${letters[i]}${rows}`, zone));
      await part.write(`<row r="${rows}">${cells.join('')}</row>`);
    },
    async end() {
      if (!open) await begin();
      await finish();
      return done;
    },
  };
}

function head<Row>(columns: readonly Column<Row>[]): string {
  const cols = columns.map(
    ({ width }, i) => `<col min="${i + 1}" max="${i + 1}" width="${width}" customWidth="1"/>`,
  );
  const cells = columns.map(({ title }, i) => textCell(title, `${columnName(i)}1`, styles.heading));
  return (
    `${declaration}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">` +
    '<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews>' +
    `<sheetFormatPr defaultRowHeight="15"/><cols>${cols.join('')}</cols><sheetData><row r="1">${cells.join('')}</row>`
  );
}
