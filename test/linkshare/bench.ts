/**
 * `node test/linkshare/bench.ts [orders]`: fetches orders (a million, unless told) from the stand-in page by page, in a process of its own,
 * and writes CSV, JSON or Excel. Prints how long it took and the most memory that process ever had. Ends with 1 at 300 MB of CSV or JSON.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { order } from './stand-in/orders.ts';
import { startStandIn } from './stand-in/server.ts';

/** Bytes; only CSV and JSON promise it. */
const most = 300e6;
const total = Number(process.argv[2] ?? 1_000_000);
const start = Date.UTC(2026, 9, 1) / 1000;

const standIn = await startStandIn();
standIn.total = total;
standIn.orders = (from, size) =>
  Array.from({ length: Math.min(size, total - from) }, (_, i) => {
    const n = from + i;
    return order(n, start + Math.floor((n / total) * 30 * 86_400), { product: String(1_729_793_769_377_000_000n + BigInt(n % 5000)), actual: n % 2 ? 'Rp990' : undefined, tag: `tag-${n % 300}` }); // prettier-ignore
  });

const folder = mkdtempSync(join(tmpdir(), 'linkshare-bench-'));
const env = {
  ...process.env,
  ...standIn.env,
  DATA_DIR: join(folder, 'data'),
  TIKTOK_CALLS_PER_SECOND: '100000',
};
/** Says at its end how much memory it had at most, in kB. */
const measured = `process.on('exit', () => console.error('maxRSS', process.resourceUsage().maxRSS)); await import('${join(process.cwd(), 'services/main.ts')}')`;

async function linkshare(...args: string[]): Promise<number> {
  // Nobody reads what was recorded, and it would grow.
  const forget = setInterval(() => standIn.calls.splice(0), 500);
  const child = spawn(
    process.execPath,
    ['--input-type=module', '--eval', measured, 'services/main.ts', 'cli', ...args],
    { env, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code] = (await once(child, 'close')) as [number];
  clearInterval(forget);
  if (code !== 0) throw new Error(said.slice(-500));
  return Number(/maxRSS (\d+)/.exec(said)![1]) * 1024;
}

try {
  await linkshare('auth', 'exchange', 'TTP_code_1');
  for (const format of ['csv', 'json', 'excel']) {
    const out = join(folder, format);
    const began = performance.now();
    const rss = await linkshare('report', '2026-10-01', '2026-10-31', '--format', format, '--out', out);
    const seconds = (performance.now() - began) / 1000;
    const [file = ''] = readdirSync(out);
    const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
    console.log(`${format.padEnd(5)}  ${total} orders  ${seconds.toFixed(0)} s  ${Math.round(total / seconds)} orders/s  ${megabytes(statSync(join(out, file)).size)} written  ${megabytes(rss)} of memory at most`); // prettier-ignore
    if (format !== 'excel' && rss > most) process.exitCode = 1;
    rmSync(out, { recursive: true });
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
  await standIn.close();
}
