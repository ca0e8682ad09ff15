import { Zip, ZipDeflate } from 'fflate';
import { stylesXml } from './styles.ts';
import { columnName, declaration, escapeXml } from './xml.ts';

/** A part of the file that is being written. */
export interface Part {
  write(text: string): Promise<void>;
  end(): Promise<void>;
}

interface SheetEntry {
  name: string;
  file: string;
  /** The cells that have a filter, for Excel's own list of them. */
  filter?: string | undefined;
}

/** An Excel file that is written as it grows. One sheet after another; they are shown in the order of `finish`. */
export interface Workbook {
  /** Begins a sheet. The one before must have ended. */
  sheet(): Promise<{ part: Part; file: string }>;
  finish(sheets: readonly SheetEntry[]): Promise<void>;
}

/** Text of a part is compressed in pieces of this many letters. */
const piece = 64 * 1024;

export function createWorkbook(write: (data: Uint8Array) => Promise<void>): Workbook {
  const ready: Uint8Array[] = [];
  let failed: unknown;
  const zip = new Zip((error, data) => {
    if (error) failed ??= error;
    else ready.push(data);
  });
  /** What is compressed goes to the disk before more is: the memory it takes stays small. */
  const flush = async () => {
    if (failed) throw failed as Error;
    for (const data of ready.splice(0)) await write(data);
  };
  const begin = (name: string): Part => {
    const entry = new ZipDeflate(name, { level: 4 });
    const encoder = new TextEncoder();
    let waiting = '';
    zip.add(entry);
    return {
      async write(text) {
        waiting += text;
        if (waiting.length < piece) return;
        entry.push(encoder.encode(waiting));
        waiting = '';
        await flush();
      },
      async end() {
        entry.push(encoder.encode(waiting), true);
        await flush();
      },
    };
  };
  const whole = async (name: string, text: string) => {
    const part = begin(name);
    await part.write(text);
    await part.end();
  };
  let sheets = 0;
  return {
    async sheet() {
      const file = `sheet${++sheets}.xml`;
      return { part: begin(`xl/worksheets/${file}`), file };
    },
    async finish(entries) {
      await whole('xl/styles.xml', stylesXml);
      await whole('xl/workbook.xml', workbookXml(entries));
      await whole('xl/_rels/workbook.xml.rels', workbookRels(entries));
      await whole('_rels/.rels', rootRels);
      await whole('[Content_Types].xml', contentTypes(entries));
      zip.end();
      await flush();
    },
  };
}

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const rels = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packageRels = 'http://schemas.openxmlformats.org/package/2006/relationships';
const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** What a sheet's own view, with its frozen heading, refers to. */
const views =
  '<bookViews><workbookView xWindow="0" yWindow="0" windowWidth="28800" windowHeight="15000" activeTab="0"/></bookViews>';

function workbookXml(entries: readonly SheetEntry[]): string {
  const sheets = entries.map(
    ({ name }, i) => `<sheet name="${escapeXml(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`,
  );
  const filters = entries.flatMap(({ name, filter }, i) =>
    filter
      ? `<definedName name="_xlnm._FilterDatabase" localSheetId="${i}" hidden="1">'${escapeXml(name)}'!${filter}</definedName>`
      : [],
  );
  const names = filters.length > 0 ? `<definedNames>${filters.join('')}</definedNames>` : '';
  return `${declaration}<workbook xmlns="${main}" xmlns:r="${rels}">${views}<sheets>${sheets.join('')}</sheets>${names}</workbook>`;
}

function workbookRels(entries: readonly SheetEntry[]): string {
  const sheets = entries.map(
    ({ file }, i) => `<Relationship Id="rId${i + 1}" Type="${rels}/worksheet" Target="worksheets/${file}"/>`,
  );
  const styles = `<Relationship Id="rId${entries.length + 1}" Type="${rels}/styles" Target="styles.xml"/>`;
  return `${declaration}<Relationships xmlns="${packageRels}">${sheets.join('')}${styles}</Relationships>`;
}

const rootRels = `${declaration}<Relationships xmlns="${packageRels}"><Relationship Id="rId1" Type="${rels}/officeDocument" Target="xl/workbook.xml"/></Relationships>`;

function contentTypes(entries: readonly SheetEntry[]): string {
  const sheets = entries.map(
    ({ file }) => `<Override PartName="/xl/worksheets/${file}" ContentType="${types}.worksheet+xml"/>`,
  );
  return (
    `${declaration}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>' +
    `<Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${types}.styles+xml"/>` +
    `${sheets.join('')}</Types>`
  );
}

/** `A1:H20`, and `$A$1:$H$20` as names hold it. */
export const rangeOf = (columns: number, rows: number) => `A1:${columnName(columns - 1)}${rows}`;
export const absolute = (range: string) => range.replace(/([A-Z]+)(\d+)/g, '$$$1$$$2');
