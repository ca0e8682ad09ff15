import type { Partner } from '../../manifest/compile.ts';
import { compileJson } from '../../manifest/load/compileJson.ts';
import { readConfig } from '../../runtime/config.ts';
import { wrongUse } from '../failure.ts';
import { partnersFor } from '../ledger/ask.ts';

/** The partners of PARTNERS_DIR; in the cloud the one whose manifest the job is given. */
export const partnersOf = (env: NodeJS.ProcessEnv): readonly Partner[] =>
  env.MANIFEST ? [compileJson(env.MANIFEST, 'MANIFEST')] : partnersFor(env, readConfig(env).partnersDir); // prettier-ignore

/** The partner asked for. Throws, for the user, where there is none, or nothing to compare. */
export function comparable(partners: readonly Partner[], id: string | undefined): Partner {
  const known = partners.map((each) => each.id).join(', ');
  if (id === undefined) throw wrongUse(`say with --partner whose report: ${known}`);
  const partner = partners.find((each) => each.id === id);
  if (!partner) throw wrongUse(`there is no partner "${id}"; there are: ${known}`);
  if (!partner.receives)
    throw wrongUse(`${id} sends no postbacks: there is nothing to compare its report with`);
  return partner;
}
