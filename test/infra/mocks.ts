import * as pulumi from '@pulumi/pulumi';
import { readStackConfig } from '../../infra/config.ts';
import { loadListed } from '../../infra/partners.ts';
import { deploy, type Outputs } from '../../infra/stack.ts';

// What a resource is told has a type of its own for each kind; tests say what it must be.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Inputs = Record<string, any>;

/** A resource as the program declared it. */
export interface Declared {
  type: string;
  name: string;
  /** Everything it is told, outputs of others filled in. */
  inputs: Inputs;
  protect: boolean;
  /** `type name` of what it was told to wait for. */
  after: string[];
  /** Names of the components it is in, from the inside out. */
  within: string[];
}

export interface Deployed {
  resources: Declared[];
  outputs: Outputs;
}

/** What Google would answer, as far as other resources are told of it. */
function stateOf({ type, name, inputs }: pulumi.runtime.MockResourceArgs): pulumi.runtime.MockResourceResult {
  const text = (key: string) => ((inputs as Inputs)[key] as string | undefined) ?? name;
  const own: Record<string, unknown> = { name: text('name'), project: 'example-project' };
  let id = `${type.split('/').at(-1)}/${text('name')}`;
  if (type === 'gcp:serviceaccount/account:Account') {
    own.email = `${text('accountId')}@example-project.iam.gserviceaccount.com`;
    own.member = `serviceAccount:${own.email as string}`;
  }
  if (type === 'gcp:pubsub/topic:Topic') id = `projects/example-project/topics/${text('name')}`;
  if (type === 'gcp:secretmanager/secret:Secret') id = `projects/example-project/secrets/${text('secretId')}`;
  if (type === 'gcp:sql/databaseInstance:DatabaseInstance')
    own.connectionName = `example-project:${text('region')}:${text('name')}`;
  if (type === 'gcp:cloudrunv2/service:Service') own.uri = `https://${text('name')}-x.a.run.app`;
  if (type === 'gcp:compute/globalAddress:GlobalAddress') own.address = '203.0.113.10';
  if (type === 'gcp:bigquery/dataTransferConfig:DataTransferConfig')
    own.name = `projects/1/locations/x/transferConfigs/number-of-${name}`;
  if (type === 'gcp:certificatemanager/dnsAuthorization:DnsAuthorization')
    own.dnsResourceRecords = [
      {
        name: `_acme-challenge.${text('domain')}.`,
        type: 'CNAME',
        data: 'x.authorize.certificatemanager.goog.',
      },
    ];
  return { id, state: { ...inputs, ...own } };
}

/** Pulumi's runtime answered by us, and what a program declares on it. Only one at a time: the runtime is global. */
export async function underMocks<T>(
  program: () => Promise<T> | T,
): Promise<{ resources: Declared[]; outputs: T }> {
  const resources: Declared[] = [];
  const options = new Map<string, pulumi.ResourceOptions>();
  await pulumi.runtime.setMocks(
    {
      newResource(args) {
        const { protect, dependsOn, parent } = options.get(`${args.type} ${args.name}`) ?? {};
        resources.push({
          type: args.type,
          name: args.name,
          inputs: args.inputs as Inputs,
          protect: protect === true,
          after: [dependsOn ?? []].flat().map(nameOf),
          within: parent ? chain(parent) : [],
        });
        return stateOf(args);
      },
      call: () => ({ number: '123456789' }),
    },
    'linkshare',
    'example',
  );
  // Pulumi takes a stack trace at each of its promises: most of a test's time, and nobody reads them.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    const outputs = await pulumi.runtime.runInPulumiStack(async () => {
      pulumi.runtime.registerStackTransformation(({ type, name, opts, props }) => {
        options.set(`${type} ${name}`, opts);
        return { props, opts };
      });
      return (await program()) as object;
    });
    await pulumi.runtime.disconnect();
    return { resources: resources.toSorted((a, b) => key(a).localeCompare(key(b))), outputs: outputs as T };
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

export const key = ({ type, name }: Declared) => `${type} ${name}`;
const nameOf = (resource: unknown) => (resource as { __name: string }).__name;
const chain = (resource: pulumi.Resource): string[] => {
  const { __name, __parentResource } = resource as unknown as {
    __name: string;
    __parentResource?: pulumi.Resource;
  };
  return [__name, ...(__parentResource ? chain(__parentResource) : [])];
};

/** A configuration that is whole, as Pulumi holds it. */
export const exampleConfig = {
  'linkshare:project': 'example-project',
  'linkshare:region': 'asia-southeast1',
  'linkshare:domain': 'go.example.com',
  'linkshare:image': `asia-southeast1-docker.pkg.dev/example-project/linkshare/linkshare@sha256:${'a'.repeat(64)}`,
  // The repository may hold more partners than one project usually may.
  'linkshare:limits':
    '{"serviceAccounts":5000,"servicesPerRegion":5000,"negsPerRegion":5000,"backendServices":5000,"securityPolicies":5000,"uptimeChecks":5000,"jobsPerRegion":5000,"schedulerJobs":5000}',
  'linkshare:notificationChannels': '["projects/example-project/notificationChannels/1"]',
};

/** Declares a stack with these partners of `root`/partners. */
export async function deployed(
  root: string,
  ids: string[],
  more: Record<string, string> = {},
): Promise<Deployed> {
  const all = {
    ...exampleConfig,
    'linkshare:partners': JSON.stringify(ids),
    'linkshare:canary': ids[0]!,
    ...more,
  };
  const config = readStackConfig(all, 'example');
  const partners = loadListed(root, config.partners);
  return underMocks(() => deploy(config, partners));
}
