import { join } from 'node:path';
import type { Partner } from './manifest/compile.ts';
import { loadExamples } from './manifest/example.ts';
import { curlLine, setupOf } from './manifest/setup.ts';

/** What a partner's setup needs of its surroundings. */
export interface Surroundings {
  partnersDir: string;
  /** Our address as the partner will call it: `https://go.example.com`. */
  origin: string;
  secretOf: (partner: string, name: string) => string;
  /** The file of a secret, which a shell line reads instead of holding the secret. */
  secretFile: (partner: string, name: string) => string;
}

/** What to paste into a partner's console, and a line to try. Holds live secrets: for the user's eyes, not for a log. */
export function partnerMenu(partner: Partner, surroundings: Surroundings): string {
  const { id, manifest, report } = partner;
  const lines = [
    `${manifest.name} (${id}${manifest.stage === 'test' ? ', stage test: shown, never paid' : ''})`,
  ];
  if (partner.receives) lines.push(...postbackLines(partner, surroundings));
  if (report) lines.push(`  report ${report.from === 'csv' ? `npm run -s linkshare -- sync import ${id} <file.csv>` : `npm run -s linkshare -- sync run ${id}`}`); // prettier-ignore
  return lines.join('\n');
}

function postbackLines(
  partner: Partner,
  { partnersDir, origin, secretOf, secretFile }: Surroundings,
): string[] {
  const { id, manifest } = partner;
  const { url, headers, where } = setupOf(partner, origin, (name) => secretOf(id, name));
  // What is sealed under our secret a shell line cannot make, and from here it does not come from their addresses.
  const isTheirsAlone = [manifest.verify].flat().some(({ iv, addresses }) => iv !== undefined || addresses !== undefined); // prettier-ignore
  const example = loadExamples(join(partnersDir, id)).find(
    ({ expect, after }) => expect.outcome === 'kept' && !after && !isTheirsAlone,
  );
  const shell = (name: string) => `$(cat '${secretFile(id, name)}')`;
  return [
    `  paste  ${url}`,
    ...Object.entries(headers).map(([name, value]) => `  header ${name}: ${value}`),
    ...(where ? [`  where  ${where}`] : []),
    example
      ? `  try    ${curlLine(example, partner, origin, shell)}`
      : '  try    (no example of a kept request that a shell line could make)',
  ];
}
