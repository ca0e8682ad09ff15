/**
 * `npm run bench`: what the gateway costs, as ratios in one run on this machine. `npm run bench -- PART ..` runs only those of decide,
 * bare, ledger, latency, throughput, start, memory, profile; `gateway` are the last five, against what one would otherwise write. `--seconds N`
 * for each measurement (1), `--rounds N` (5), `--postbacks N` after which memory is looked at (200000).
 */
import { parseArgs } from 'node:util';
import { bare } from './bare.ts';
import { compare, comparisons } from './compare.ts';
import { decide } from './decide.ts';
import { benchLedger } from './ledger.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '1' },
    rounds: { type: 'string', default: '5' },
    postbacks: { type: 'string', default: '200000' },
  },
});
const settings = {
  seconds: Number(values.seconds),
  rounds: Number(values.rounds),
  postbacks: Number(values.postbacks),
};
if (!Object.values(settings).every((value) => value > 0))
  throw new Error('--seconds, --rounds and --postbacks take a number above 0');

const known: string[] = ['decide', 'bare', 'ledger', ...comparisons];
const wanted = new Set(positionals.flatMap((name) => (name === 'gateway' ? comparisons : name)));
if (wanted.size === 0) known.forEach((name) => wanted.add(name));
const unknown = [...wanted].filter((name) => !known.includes(name));
if (unknown.length > 0)
  throw new Error(`no part is called ${unknown.join(', ')}; there are gateway, ${known.join(', ')}`);

if (wanted.has('decide')) decide(settings);
if (wanted.has('bare')) await bare(settings);
if (wanted.has('ledger')) await benchLedger();
const chosen = comparisons.filter((name) => wanted.has(name));
if (chosen.length > 0) await compare(chosen, settings);
