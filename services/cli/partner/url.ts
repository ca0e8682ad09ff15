import { loadPartner } from '../../manifest/load/load.ts';
import { setupOf } from '../../manifest/setup.ts';
import type { Config } from '../../runtime/config.ts';
import { assertReceives, folderOf, makeSecrets } from './find.ts';

export interface UrlOptions {
  /** Our address as the partner calls it: `https://go.example.com`. */
  origin?: string;
  json?: boolean;
}

/** Prints what to paste on the partner's side, and on stderr where. Makes the secret if there is none yet. */
export function printUrl(
  { partnersDir, dataDir, port }: Config,
  id: string,
  { origin, json }: UrlOptions,
): void {
  const partner = loadPartner(folderOf(partnersDir, id));
  assertReceives(partner);
  const live = makeSecrets(dataDir, partner);
  const { url, headers, where } = setupOf(partner, origin ?? `http://127.0.0.1:${port}`, (name) => live(name)[0]!); // prettier-ignore
  if (json) return console.log(JSON.stringify({ id, url, headers, where }, null, 2));
  console.log(url);
  for (const [name, value] of Object.entries(headers)) console.log(`${name}: ${value}`);
  if (where) console.error(where);
}
