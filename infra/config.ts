import { z } from 'zod';
import { ConfigError } from './config-error.ts';
import { defaultLimits } from './limits.ts';

/** Pulumi hands over lists and maps as JSON. */
const structured = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => {
    if (typeof value !== 'string') return value;
    try {
      return JSON.parse(value) as unknown;
    } catch {
      return value;
    }
  }, schema);

const region = z.string().regex(/^[a-z]+-[a-z]+\d+$/, 'is no region such as asia-southeast1');
const count = z.coerce.number('is no whole number').int('is no whole number').min(1, 'is at least 1');
// By digest only: what a tag names can change under a running stack, and no rollback would find the old image again.
const image = z
  .string()
  .regex(
    /^[a-z0-9.-]+\/[a-z0-9._/-]+@sha256:[0-9a-f]{64}$/,
    'names an image by digest: REPOSITORY/gateway@sha256:..',
  );
const partner = z.string().regex(/^[a-z][a-z0-9-]{1,18}$/, 'is no partner: a folder in partners/');

const flag = (usual: 'true' | 'false') =>
  z
    .enum(['true', 'false'], 'is true or false')
    .default(usual)
    .transform((text) => text === 'true');

const says = (description: string, example: string) => ({ description, example });

const keys = {
  project: z
    .string()
    .regex(/^[a-z][a-z0-9-]{4,28}[a-z0-9]$/, 'is no project id')
    .meta(says('the Google Cloud project', 'linkshare-prod')),
  region: region.meta(says('where the services, and the data in BigQuery, live', 'asia-southeast1')),
  standbyRegions: structured(z.array(region))
    .default([])
    .meta(says('further regions in which every service runs too', '[asia-east1]')),
  domain: z
    .string()
    .regex(/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/, 'is no host name')
    .meta(says('the host that partners call', 'go.example.com')),
  partners: structured(z.array(partner).min(1, 'is empty')).meta(
    says('which folders of partners/ are deployed', '[one, two]'),
  ),
  retiring: structured(z.array(partner))
    .default([])
    .meta(
      says('partners that the next deploy may leave out: their protection from deletion is lifted', '[one]'),
    ),
  image: image.meta(says('what every service runs', 'asia-southeast1-docker.pkg.dev/PROJECT/linkshare/linkshare@sha256:..')), // prettier-ignore
  canary: partner.meta(says('the partner that gets a new image first', 'one')),
  canaryImage: image.optional().meta(says('what the canary runs until the rest follows', 'as image')),
  notificationChannels: structured(
    z.array(z.string().regex(/^projects\/[^/]+\/notificationChannels\/\d+$/, 'is no notification channel')),
  )
    .default([])
    .meta(says('whom alerts go to', '[projects/PROJECT/notificationChannels/123]')),
  production: flag('true').meta(says('whether what holds data is protected from deletion', 'true')),
  ledger: flag('true').meta(
    says('whether the ledger is deployed, with its database and the jobs that need it', 'true'),
  ),
  ledgerImage: image.optional().meta(says('what the ledger runs until the rest follows', 'as image')),
  databaseTier: z
    .string()
    .regex(
      /^db-(f1-micro|g1-small|custom-\d+-\d+)$/,
      'is no machine of Cloud SQL Enterprise: db-custom-CPUS-MEGABYTES',
    )
    .default('db-custom-1-3840')
    .meta(says("the machine that the ledger's database has", 'db-custom-1-3840')),
  highAvailability: flag('false').meta(
    says("whether the ledger's database has a second one in another zone, at twice the price", 'true'),
  ),
  reconcileHour: z.coerce
    .number('is no hour')
    .int('is no hour')
    .min(0, 'is 0 to 23')
    .max(23, 'is 0 to 23')
    .default(20)
    .meta(says('at which hour, in UTC, reports are compared with what came', '20')),
  edgeRequestsPerMinute: count
    .default(30_000)
    .meta(says('what one address may send before it is answered 429', '30000')),
  limits: structured(
    z.partialRecord(z.enum(Object.keys(defaultLimits) as (keyof typeof defaultLimits)[]), count),
  )
    .default({})
    .meta(says('quotas of the project that are not the usual ones', '{ serviceAccounts: 300 }')),
};
const schema = z.strictObject(keys).superRefine((config, context) => {
  const problem = (key: keyof typeof keys, message: string) =>
    context.addIssue({ code: 'custom', path: [key], message });
  const twice = config.partners.find((id, i) => config.partners.indexOf(id) !== i);
  if (twice) problem('partners', `names ${twice} twice`);
  const unknown = config.retiring.find((id) => !config.partners.includes(id));
  if (unknown) problem('retiring', `names "${unknown}", which is not among partners`);
  if (!config.partners.includes(config.canary))
    problem('canary', `is "${config.canary}", which is not among partners`);
  if (new Set([config.region, ...config.standbyRegions]).size <= config.standbyRegions.length)
    problem('standbyRegions', 'names a region twice, or the one under region');
});

export type StackConfig = z.output<typeof schema> & { stack: string };

/** Reads a stack's configuration, as Pulumi holds it: texts by `project:key`. Throws one ConfigError with every problem. */
export function readStackConfig(all: Readonly<Record<string, string>>, stack: string): StackConfig {
  const own = Object.entries(all).filter(([key]) => key.startsWith('linkshare:'));
  const result = schema.safeParse(
    Object.fromEntries(own.map(([key, value]) => [key.slice('linkshare:'.length), value])),
  );
  if (result.success) return { ...result.data, stack };
  const problems = result.error.issues.flatMap((issue) => explain(issue, stack));
  throw new ConfigError(problems.join('\n'));
}

function explain(issue: z.core.$ZodIssue, stack: string): string[] {
  const file = `infra/Pulumi.${stack}.yaml`;
  if (issue.code === 'unrecognized_keys' && issue.path.length === 0)
    return issue.keys.map(
      (key) => `${file}: unknown key linkshare:${key}; known are ${Object.keys(keys).join(', ')}`,
    );
  const [key = '', ...inner] = issue.path.map(String);
  const { description, example } = keys[key as keyof typeof keys].meta() as ReturnType<typeof says>;
  const missing = issue.code === 'invalid_type' && inner.length === 0 && issue.message.includes('undefined');
  const what = missing ? 'is missing' : issue.message;
  return [`${file}: linkshare:${[key, ...inner].join('.')} ${what}. It is ${description}: write linkshare:${key}: ${example}`]; // prettier-ignore
}
