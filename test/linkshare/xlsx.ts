import { execFileSync } from 'node:child_process';

export interface ReadSheet {
  name: string;
  rows: (string | number | null)[][];
  frozen: string | null;
  filter: string | null;
  widths: number[];
  /** Number formats of the first row below the heading. */
  formats: string[];
}

/** Reads an Excel file with Python's own zip and XML parsers: nothing of what wrote it is used. Rejects what is not well formed. */
export function readXlsx(file: string): ReadSheet[] {
  return JSON.parse(
    execFileSync('python3', ['-c', script, file], { encoding: 'utf8', maxBuffer: 64e6 }),
  ) as ReadSheet[];
}

const script = `
import json, re, sys, zipfile
import xml.etree.ElementTree as ET
m = '{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'
r = '{http://schemas.openxmlformats.org/officeDocument/2006/relationships}'
with zipfile.ZipFile(sys.argv[1]) as z:
    assert z.testzip() is None
    names = set(z.namelist())
    trees = {n: ET.fromstring(z.read(n)) for n in names}
    types = {o.get('PartName') for o in trees['[Content_Types].xml'] if o.get('PartName')}
    assert all(t[1:] in names for t in types), types
    assert all('/' + n in types for n in names if n.startswith('xl/') and not n.endswith('.rels')), names
    rels = {x.get('Id'): 'xl/' + x.get('Target') for x in trees['xl/_rels/workbook.xml.rels']}
    style = trees['xl/styles.xml']
    codes = {x.get('numFmtId'): x.get('formatCode') for x in style.iter(m + 'numFmt')}
    xfs = [codes.get(x.get('numFmtId'), x.get('numFmtId')) for x in style.find(m + 'cellXfs')]
    out = []
    for s in trees['xl/workbook.xml'].find(m + 'sheets'):
        t = trees[rels[s.get(r + 'id')]]
        order = [c.tag.replace(m, '') for c in t]
        assert order == ['sheetViews', 'sheetFormatPr', 'cols', 'sheetData', 'autoFilter'], order
        rows, formats = [], []
        width = len(t.find(m + 'cols'))
        for i, row in enumerate(t.find(m + 'sheetData')):
            assert row.get('r') == str(i + 1)
            cells = [None] * width
            for c in row:
                letters, number = re.fullmatch('([A-Z]+)([0-9]+)', c.get('r')).groups()
                assert number == row.get('r')
                at = 0
                for l in letters: at = at * 26 + ord(l) - 64
                v = c.find(m + 'v')
                cells[at - 1] = float(v.text) if c.get('t') is None else c.find(m + 'is').find(m + 't').text
                if i == 1: formats.append(xfs[int(c.get('s'))])
            rows.append(cells)
        pane = t.find(m + 'sheetViews')[0].find(m + 'pane')
        out.append(dict(name=s.get('name'), rows=rows, formats=formats, filter=t.find(m + 'autoFilter').get('ref'),
            frozen=pane.get('topLeftCell') if pane.get('state') == 'frozen' else None,
            widths=[float(c.get('width')) for c in t.find(m + 'cols')]))
print(json.dumps(out))
`;
