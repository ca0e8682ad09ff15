import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ending, withPartners } from '../../support/cli.ts';

/** A command on a data folder of its own, and files beside it. */
function aBook() {
  const env = withPartners();
  const path = (name: string) => join(env.PARTNERS_DIR, '..', name);
  const run = (...args: string[]) => ending(env, args);
  return { run, path, write: (name: string, text: string) => (writeFileSync(path(name), text), path(name)) };
}

it('says where a file is wrong: by line and column of CSV and of YAML, also what only the ledger knows', async () => {
  const { run, write } = aBook();
  const csv = write('b.csv', 'publisher,kind,value\nmkk,exact,a\nnone,exact,b\n');
  expect((await run('publisher', 'import', csv)).failed).toBe(
    `${csv}:3:A publisher: there is no publisher "none"`,
  );
  const many = write('m.csv', 'publisher;kind;value;rate\nmkk;pattern;*;\nmkk;share;;101\n');
  const { failed, code } = await run('publisher', 'import', many, '--plan');
  expect(failed?.split('\n')).toEqual([
    expect.stringMatching(/m\.csv:2:A publisher: a pattern of \* alone would claim all$/),
    expect.stringMatching(/m\.csv:3:A publisher: a rate is at most 100 per cent$/),
  ]);
  expect(code).toBe(1);
  const yaml = write('b.yaml', 'publishers:\n  - id: mkk\n    name: MKK\n    payIn: EURO\n');
  expect((await run('publisher', 'import', yaml)).failed).toMatch(
    /b\.yaml:4:12 payIn: is no ISO 4217 currency/,
  );
  const rates = write('r.csv', 'from,to,day,rate,source\nUSD,IDR,2026-10-03,0,bank\n');
  expect((await run('rate', 'import', rates)).failed).toMatch(/r\.csv:2:D rate: a rate is above 0/);
});

it('exports what an import says nothing new of, in each format, and shows a plan', async () => {
  const { run, path, write } = aBook();
  for (const name of ['b.csv', 'b.yaml', 'b.json']) {
    await run('publisher', 'export', '--out', path(name));
    expect((await run('publisher', 'import', path(name))).out).toEqual(['It says nothing new']);
  }
  expect(readFileSync(path('b.yaml'), 'utf8')).toContain('Without secrets');
  const planned = await run('publisher', 'import', write('n.csv', 'publisher;name\r\nnew;Neu\r\n'), '--plan');
  expect(planned.out.join('\n')).toMatch(/publisher added +new +Neu[^]*0 conversions would move/);
  expect((await run('payout', 'export', '2026-10', '--publisher', 'mkk')).failed).toBe(
    '2026-10 of mkk is not closed',
  );
});
