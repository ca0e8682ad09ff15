import { declaration } from './xml.ts';

/** Formats of cells by their place in styles.xml. */
export const styles = {
  plain: 0,
  heading: 1,
  money: 2,
  wholeMoney: 3,
  time: 4,
  rate: 5,
  count: 6,
  text: 7,
  fineMoney: 8,
} as const;

const formats = ['#,##0.00', '#,##0', 'yyyy\\-mm\\-dd\\ hh:mm:ss', '0.00%', '#,##0.00######'];
const first = 164;

/** styles.xml: heading cells bold on grey, ids as text, so that Excel does not round them. */
export const stylesXml =
  declaration +
  '<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">' +
  `<numFmts count="${formats.length}">${formats.map((code, i) => `<numFmt numFmtId="${first + i}" formatCode="${code}"/>`).join('')}</numFmts>` +
  '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>' +
  '<fills count="3"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>' +
  '<fill><patternFill patternType="solid"><fgColor rgb="FFE7EBF0"/><bgColor indexed="64"/></patternFill></fill></fills>' +
  '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>' +
  '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>' +
  '<cellXfs count="9">' +
  '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>' +
  '<xf numFmtId="0" fontId="1" fillId="2" borderId="0" xfId="0" applyFont="1" applyFill="1"/>' +
  [first, first + 1, first + 2, first + 3, first + 1, 49, first + 4]
    .map((id) => `<xf numFmtId="${id}" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>`)
    .join('') +
  '</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>';
