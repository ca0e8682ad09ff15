import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { keysOf, type Partner } from '../../manifest/compile.ts';
import { partnerFolders } from '../../manifest/load/load.ts';
import type { LiveSecrets } from '../../manifest/verify/proof.ts';
import { openSecrets, secretFile } from '../../runtime/embedded/secrets.ts';
import { createKeys } from '../../runtime/keys.ts';
import type { Log } from '../../runtime/log.ts';
import { wrongUse } from '../failure.ts';

/** A partner's folder. Throws where there is no such partner, and says which there are. */
export function folderOf(partnersDir: string, id: string): string {
  const known = partnerFolders(partnersDir).map((folder) => basename(folder));
  if (known.includes(id)) return join(partnersDir, id);
  throw wrongUse(`there is no partner "${id}" in ${partnersDir}; there are: ${known.join(', ') || 'none'}`);
}

/** Throws where a partner never calls: what is about its postbacks has no meaning. */
export function assertReceives({ id, receives, report }: Partner): void {
  if (receives) return;
  throw wrongUse(`${id} never calls us: all there is of it is a report (${report?.from}). linkshare partner check ${id} tries its examples, linkshare sync fetches or imports it`); // prettier-ignore
}

type Needs = Pick<Partner, 'id' | 'secretNames'>;

/** The live secrets of a local run, newest first; those that are missing are made. */
export function makeSecrets(dataDir: string, { id, secretNames }: Needs): LiveSecrets {
  const wanted = secretNames.map((name) => ({ partner: id, name }));
  const secrets = openSecrets(dataDir, wanted);
  return (name) => secrets.live(id, name);
}

/** Of a partner's secrets those that have no value on this machine. */
export const missingSecrets = (dataDir: string, { id, secretNames }: Needs): string[] =>
  secretNames.filter((name) => !existsSync(secretFile(dataDir, id, name)));

/**
 * What verification needs, without making any of it: who only looks must not leave a secret behind. One that is not there has no value.
 * Public keys are fetched from where the partner publishes them; asking for such as cannot be had throws.
 */
export async function lookUpSecrets(dataDir: string, partner: Partner): Promise<LiveSecrets> {
  const missing = missingSecrets(dataDir, partner);
  const made = partner.secretNames.filter((name) => !missing.includes(name));
  const own = makeSecrets(dataDir, { id: partner.id, secretNames: made });
  const keys = createKeys({ wanted: keysOf([partner]), log: silent });
  await keys.load();
  return (name) => {
    if (name.startsWith('https://')) return keys.live(partner.id, name);
    return made.includes(name) ? own(name) : [];
  };
}

/** A key that cannot be had is told where it is asked for. */
const silent: Log = {
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  close: () => Promise.resolve(),
};
