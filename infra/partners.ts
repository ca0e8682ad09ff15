import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Partner } from '../services/manifest/compile.ts';
import { loadPartner, ManifestError } from '../services/manifest/load/load.ts';
import { ConfigError } from './config-error.ts';
import type { StackConfig } from './config.ts';

/**
 * Loads the partners that a stack lists, by id, and no other: a sample folder may be broken without stopping a deploy. Throws one error
 * with every problem as `partners/<id>/manifest.yaml:line:column what`.
 */
export function loadListed(root: string, ids: readonly string[]): Partner[] {
  const folder = join(root, 'partners');
  const known = readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? entry.name : [],
  );
  const problems: string[] = [];
  const partners = ids.toSorted().flatMap((id) => {
    if (!known.includes(id)) {
      problems.push(
        `linkshare:partners names "${id}", but there is no folder partners/${id}; there are: ${known.join(', ')}`,
      );
      return [];
    }
    try {
      return [loadPartner(join(folder, id))];
    } catch (error) {
      if (!(error instanceof ManifestError)) throw error;
      problems.push(...error.problems.map((problem) => problem.replace(`${root}/`, '')));
      return [];
    }
  });
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return partners;
}

/** A way of verifying that stops counting after a day. */
export interface Ending {
  partner: string;
  /** The last day (UTC) on which it counts: 2027-03-31. */
  until: string;
}

export const endingsOf = ({ id, manifest }: Partner): Ending[] => {
  const days = [manifest.verify].flat().flatMap(({ until }) => until ?? []);
  return [...new Set(days)].map((until) => ({ partner: id, until }));
};

/** Days before the last on which people are told. */
export const noticeDays = 14;

/** What ends within the notice, or has ended: past the day, requests that come this way are quarantined. */
export function endingSoon(partners: readonly Partner[], now: Date): string[] {
  const notice = new Date(now.getTime() + noticeDays * 86_400_000).toISOString().slice(0, 10);
  return partners
    .flatMap(endingsOf)
    .filter(({ until }) => until <= notice)
    .map(
      ({ partner, until }) =>
        `${partner}: one of its ways of verifying counts until ${until} only; then such requests are quarantined`,
    );
}

/** Address ranges that a manifest names. */
export const addressesOf = ({ manifest }: Partner): string[] => [
  ...new Set([manifest.verify].flat().flatMap(({ addresses = [] }) => addresses)),
];

/** Partners that are asked for their health from outside: those that promise to be warm, and the stack's canary. */
export const isWatched = (
  { id, manifest, receives }: Partner,
  { canary }: Pick<StackConfig, 'canary'>,
): boolean => receives && (id === canary || Number(manifest.deploy?.minInstances ?? '0') > 0);

/** Where a watched partner answers for its health at the front door. */
export const healthPath = (id: string) => `/health/${id}`;

/** A partner whose report is fetched by the clock, and not only imported by hand. */
export type ScheduledPartner = Partner & { report: NonNullable<Partner['report']> & { every: number } };
export const isScheduled = (partner: Partner): partner is ScheduledPartner =>
  partner.report?.every !== undefined;
