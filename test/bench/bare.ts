/** Without a bus: what the gateway costs beside express answering "OK". */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { exampleRequest, loadExamples } from '../../services/manifest/example.ts';
import { loadPartners } from '../../services/manifest/load/load.ts';
import { again, httpBytes, load, median, type LoadResult } from './load.ts';
import type { Settings } from './compare.ts';

const partners = loadPartners('partners');

function keptExample(id: string) {
  return loadExamples(join('partners', id)).find(({ expect, after }) => expect.outcome === 'kept' && !after);
}

async function startServer(name: string): Promise<{ process: ChildProcess; port: number }> {
  const child = spawn(process.execPath, ['test/bench/server.ts', name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return { process: child, port: Number(line.toString()) };
}

const names = ['express', 'gateway'] as const;

export async function bare(settings: Settings): Promise<void> {
  const involve = partners.find(({ id }) => id === 'involve')!;
  const request = httpBytes(exampleRequest(keptExample('involve')!, involve, (name) => `example-${name}`));
  const servers = { express: await startServer('express'), gateway: await startServer('gateway') };
  try {
    for (const connections of [1, 64]) {
      const results: Record<keyof typeof servers, LoadResult[]> = { express: [], gateway: [] };
      // A round that is not counted warms both up; then they take turns, so that a drift of the machine meets both alike.
      for (let round = 0; round <= settings.rounds; round++)
        for (const name of names) {
          const limits = { connections, ms: settings.seconds * 1000 };
          const result = await load(servers[name].port, again(request), limits);
          if (result.failures > 0) throw new Error(`${name}: ${result.failures} answers were not 200`);
          if (round > 0) results[name].push(result);
        }
      print(connections, settings.rounds, results);
    }
  } finally {
    for (const { process: child } of Object.values(servers)) child.kill();
  }
}

function print(connections: number, rounds: number, results: Record<(typeof names)[number], LoadResult[]>) {
  const of = (name: (typeof names)[number], key: 'perSecond' | 'medianLatency') =>
    median(results[name].map((result) => result[key]));
  console.log(
    `\nthe gateway without a bus, against express answering "OK", ${connections} connections (medians of ${rounds})`,
  );
  for (const name of names)
    console.log(`  ${name.padEnd(8)} ${of(name, 'perSecond').toFixed(0).padStart(7)} requests/s   ${of(name, 'medianLatency').toFixed(3)} ms`); // prettier-ignore
  console.log(`  ratio    ${(of('gateway', 'perSecond') / of('express', 'perSecond')).toFixed(2).padStart(7)} of its requests/s, ${(of('gateway', 'medianLatency') / of('express', 'medianLatency')).toFixed(2)} of its latency`); // prettier-ignore
}
