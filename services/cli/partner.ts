import { basename, join } from 'node:path';
import type { Partner } from '../manifest/compile.ts';
import { loadExamples } from '../manifest/example.ts';
import { loadPartner, ManifestError, partnerFolders } from '../manifest/load/load.ts';
import { setupOf } from '../manifest/setup.ts';
import type { Config } from '../runtime/config.ts';
import { openSecrets } from '../runtime/embedded/secrets.ts';

/** Says of each partner that it is fine. Throws one ManifestError with what is wrong in all manifests and examples. */
export function checkPartners({ partnersDir }: Config, id?: string): void {
  const folders = partnerFolders(partnersDir);
  if (folders.length === 0) throw new Error(`${partnersDir}: no folder in it holds a manifest.yaml`);
  const problems: string[] = [];
  for (const folder of id === undefined ? folders : [folderOf(partnersDir, id)])
    try {
      const { id } = loadPartner(folder);
      console.log(`${id}: fine, ${loadExamples(folder).length} examples`);
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      problems.push(...error.problems);
    }
  if (problems.length > 0) throw new ManifestError(problems);
}

/** Prints what to paste on the partner's side, and on stderr where. Makes the secret if there is none yet. */
export function printUrl({ partnersDir, dataDir, port }: Config, id: string, origin?: string): void {
  const partner = loadPartner(folderOf(partnersDir, id));
  const secretOf = secretsOf(partner, dataDir);
  const { url, headers, where } = setupOf(partner, origin ?? `http://127.0.0.1:${port}`, secretOf);
  console.log(url);
  for (const [name, value] of Object.entries(headers)) console.log(`${name}: ${value}`);
  if (where) console.error(where);
}

function secretsOf({ id, secretNames }: Partner, dataDir: string): (name: string) => string {
  const secrets = openSecrets(
    dataDir,
    secretNames.map((name) => ({ partner: id, name })),
  );
  return (name) => secrets.live(id, name)[0]!;
}

/** A partner's folder. Throws where there is no such partner, and says which there are. */
function folderOf(partnersDir: string, id: string): string {
  const known = partnerFolders(partnersDir).map((folder) => basename(folder));
  if (known.includes(id)) return join(partnersDir, id);
  throw new Error(`there is no partner "${id}" in ${partnersDir}; there are: ${known.join(', ') || 'none'}`);
}
