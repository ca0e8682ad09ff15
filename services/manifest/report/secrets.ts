import { factsOf } from '../connectors.ts';
import type { Report } from '../schemaReport.ts';

/** How an account is written in a secret's name: `IAByteC` → `iabytec`. */
export const accountSlug = (account: string) =>
  account
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');

/** What a connector calls a secret, as it is named for one of our accounts: `api-key` → `api-key-iabytec`. */
export const reportSecret = (name: string, account: string | undefined): string =>
  account === undefined ? name : `${name}-${accountSlug(account)}`;

/** The names of all secrets that a report is fetched with, and of those that its connector may write. */
export function reportSecrets({ from, accounts }: Report): { reads: string[]; writes: string[] } {
  const { secrets, writes = [] } = factsOf(from);
  const named = (names: readonly string[]) =>
    (accounts ?? [undefined]).flatMap((account) => names.map((name) => reportSecret(name, account)));
  return { reads: named(secrets), writes: named(writes) };
}
