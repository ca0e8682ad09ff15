import { factsOf } from '../connectors.ts';
import { asReading } from '../report/compile.ts';
import { accountSlug } from '../report/secrets.ts';
import type { Fields, Manifest } from '../schema.ts';
import type { Report } from '../schemaReport.ts';
import { mappedBy } from '../verify/covered.ts';
import type { Problem } from './problems.ts';
import { nearest } from './suggest.ts';

type CheckReading = (reading: Manifest) => Problem[];

/** Whether a report block fits the connector that it names, and tells sales apart as the postback does. */
export function checkReport(manifest: Manifest, checkReading: CheckReading): Problem[] {
  const { report } = manifest;
  if (report === undefined) return [];
  const problems = [
    ...checkReading(asReading(manifest, report)),
    ...checkConnector(report),
    ...checkAccounts(report),
    ...checkLevels(report),
    ...checkAdds(report),
    ...checkIdentity(manifest, report),
  ];
  return problems.map(({ path, message, ...rest }) => ({ ...rest, path: ['report', ...path], message: `report.${message}` })); // prettier-ignore
}

function checkConnector({ from, settings = {}, every }: Report): Problem[] {
  const { settings: known = [] } = factsOf(from);
  const unknown = Object.keys(settings).filter((name) => !known.includes(name));
  const problems = unknown.map((name) => {
    const meant = nearest(name, known);
    const hint = meant ? `, did you mean "${meant}"?` : `; ${from} knows ${known.join(', ') || 'none'}`;
    return { path: ['settings', name], atKey: true, message: `settings: unknown key "${name}"${hint}` };
  });
  if (from !== 'csv' || every === undefined) return problems;
  return [...problems, { path: ['every'], message: 'every: a file is imported by hand: leave it out' }];
}

/** Each account needs secrets of its own, and its rows a field that says whose they are. */
function checkAccounts(report: Report): Problem[] {
  const { accounts } = report;
  if (!accounts) return [];
  const slugs = accounts.map(accountSlug);
  const alike = accounts.flatMap((account, i) =>
    slugs[i] === '' || slugs.indexOf(slugs[i]!) < i
      ? [{ path: ['accounts', i], message: `accounts: the secrets of "${account}" would be called like another's: take another name` }] // prettier-ignore
      : [],
  );
  const isMapped = setsOf(report).some(({ account }) => JSON.stringify(account ?? '').includes('path.account')); // prettier-ignore
  if (isMapped) return alike;
  return [...alike, { path: ['accounts'], message: 'accounts: no field says whose a row is: map "account: path.account"' }]; // prettier-ignore
}

/** Rows are taken apart level by level, so that each can be put aside alone. */
function checkLevels({ each = {}, variants = [] }: Report): Problem[] {
  const levels = Object.entries(each);
  const own = variants.flatMap((variant, i) => (variant.each ? [{ path: ['variants', i, 'each'], message: 'variants: "each" stands once, beside "from"' }] : [])); // prettier-ignore
  const astray = levels.flatMap(([name, path], i) => {
    const outer = levels[i - 1]?.[0];
    return outer === undefined || path.startsWith(`${outer}.`) ? [] : [{ path: ['each', name], message: `each: the lists are one in the other: write "${outer}.${path}"` }]; // prettier-ignore
  });
  return [...own, ...astray];
}

/** A report says how a sale stands, again and again. */
function checkAdds(report: Report): Problem[] {
  const adds = setsOf(report).some(({ status }) => status?.adjusted !== undefined);
  return adds ? [{ path: ['fields', 'status'], message: 'fields: a report says the amounts of a sale whole: "adjusted" has no place in it' }] : []; // prettier-ignore
}

const parts = ['account', 'conversionId', 'lineId'] as const;

/** A part of the identity that only one of the two maps would make two sales of each: no report would ever confirm a postback. */
function checkIdentity(manifest: Manifest, report: Report): Problem[] {
  const { identity = ['conversionId', 'lineId'] } = manifest;
  const mapped = (one: Manifest) => new Set(mappedBy(one).map(({ field }) => field));
  const ours = mapped(asReading(manifest, report));
  const theirs = manifest.path === '' ? ours : mapped(manifest);
  return parts
    .filter((part) => identity.includes(part) && ours.has(part) !== theirs.has(part))
    .map((part) => ({
      path: ['fields'],
      message: ours.has(part)
        ? `fields: "${part}" is part of a sale's identity, and no postback brings it: each sale would be two. Map it under the postback's fields too, or name the identity without it`
        : `fields: "${part}" is part of a sale's identity and is mapped for postbacks alone: each sale would be two. Map it here too`,
    }));
}

const setsOf = ({ fields, variants = [] }: Report): Fields[] =>
  [fields, ...variants.map((variant) => variant.fields)].filter((each) => each !== undefined);
