import { key, type Declared } from './mocks.ts';

/** What matters of each kind of resource, as paths into its inputs; of a kind that is not here, everything. */
const shown: Record<string, string[]> = {
  'gcp:cloudrunv2/service:Service': [
    ...['location', 'ingress', 'defaultUriDisabled', 'invokerIamDisabled', 'deletionProtection', 'labels'],
    ...[
      'template.serviceAccount',
      'template.scaling',
      'template.timeout',
      'template.maxInstanceRequestConcurrency',
    ],
    ...['template.containers.0.image', 'template.containers.0.args', 'template.containers.0.resources'],
    ...['customAudiences', 'template.vpcAccess'],
    ...['template.containers.0.startupProbe', 'template.containers.0.livenessProbe'],
  ],
  'gcp:cloudrunv2/job:Job': [
    ...['location', 'deletionProtection', 'labels', 'runExecutionToken'],
    ...['template.taskCount', 'template.parallelism', 'template.template.serviceAccount'],
    ...['template.template.timeout', 'template.template.maxRetries', 'template.template.vpcAccess'],
    ...['template.template.containers.0.image', 'template.template.containers.0.args'],
    ...['template.template.containers.0.resources', 'template.template.volumes'],
  ],
  'gcp:storage/bucketObject:BucketObject': ['bucket', 'name', 'contentType'],
  'gcp:monitoring/alertPolicy:AlertPolicy': ['displayName', 'severity', 'notificationChannels'],
  'gcp:monitoring/dashboard:Dashboard': [],
  'gcp:bigquery/dataTransferConfig:DataTransferConfig': ['schedule', 'serviceAccountName', 'location'],
  'gcp:bigquery/table:Table': ['timePartitioning', 'requirePartitionFilter', 'deletionProtection'],
};

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce((inner, part) => (inner as Record<string, unknown> | undefined)?.[part], value);

/** JSON with its keys in order, on one line. */
export const flat = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

/** A stack as a text that a person reviews: a paragraph for each resource, components left out. */
export const inventory = (resources: readonly Declared[]): string =>
  resources
    .filter(({ type }) => type.startsWith('gcp:'))
    .map((each) => [key(each), ...linesOf(each)].join('\n'))
    .join('\n\n') + '\n';

function linesOf({ type, inputs, protect, after }: Declared): string[] {
  const paths = shown[type] ?? Object.keys(inputs).toSorted();
  const lines = paths.map((path) => `  ${path}: ${flat(at(inputs, path))}`);
  const container = (at(inputs, 'template.containers.0.envs') ??
    at(inputs, 'template.template.containers.0.envs')) as { name: string }[] | undefined;
  if (container) lines.push(`  variables: ${container.map(({ name }) => name).join(' ')}`);
  if (protect) lines.push('  protected');
  if (after.length > 0 && !type.startsWith('gcp:monitoring')) lines.push(`  after: ${after.join(' ')}`);
  return lines;
}
