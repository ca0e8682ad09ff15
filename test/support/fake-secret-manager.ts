import { loadPackageDefinition, Server, ServerCredentials, status } from '@grpc/grpc-js';
import type {
  sendUnaryData,
  ServerUnaryCall,
  ServiceDefinition,
  UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { crc32c } from '../../services/runtime/google/crc32c.ts';
import { implementWrites, type About, type WritableParts } from './fake-secret-writes.ts';

export interface Version {
  data: Buffer;
  state: 'ENABLED' | 'DISABLED' | 'DESTROYED';
}

export type Fault =
  | { is: 'unavailable' }
  | { is: 'permission denied' }
  | { is: 'hanging' }
  | { is: 'slow'; ms: number }
  | { is: 'wrong crc' }
  | { is: 'no crc' };

export interface FakeSecretManager {
  /** As SECRET_MANAGER_HOST wants it. */
  host: string;
  /** Adds a version, and the secret if it is not there. Gives its number. */
  add(id: string, value: string | Uint8Array): number;
  /** A secret without a version. */
  create(id: string): void;
  enable(id: string, version: number): void;
  disable(id: string, version: number): void;
  destroy(id: string, version: number): void;
  /** Gives who calls rights beside reading versions, such as `secretmanager.versions.add`. */
  grant(...rights: string[]): void;
  /** What there is of a secret: the values of its versions and their states, and its annotations. */
  look(id: string): { versions: { value: string; state: string }[]; annotations: Record<string, string> };
  annotate(id: string, annotations: Record<string, string>): void;
  /** How every call goes wrong from now on; undefined: none does. With a name, such as `/versions/3`, those whose resource ends so. */
  fail(fault: Fault | undefined, name?: string): void;
  /** The methods and resources that were called, in order. */
  calls: string[];
  /** Ends every connection. */
  stop(): Promise<void>;
}

/**
 * Secret Manager's gRPC service as far as we use it, from Google's published proto. Every method but reading a version is denied, as it
 * is to who has roles/secretmanager.secretAccessor alone, until a test grants more. Errors are worded as Google words them.
 */
export async function startFakeSecretManager(port = 0): Promise<FakeSecretManager> {
  const secrets = new Map<string, Version[]>();
  const about = new Map<string, About>();
  const rights = new Set<string>();
  const faults: { fault: Fault; name: string }[] = [];
  const calls: string[] = [];
  const server = new Server();
  server.addService(service, implement({ secrets, about, rights, faults, calls }));
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, found) =>
      error ? reject(error) : resolve(found),
    ),
  );
  const versions = (id: string) => {
    if (!secrets.has(id)) secrets.set(id, []);
    return secrets.get(id)!;
  };
  const set = (state: Version['state']) => (id: string, version: number) =>
    void (versions(id)[version - 1]!.state = state);
  return {
    host: `127.0.0.1:${bound}`,
    add: (id, value) => versions(id).push({ data: Buffer.from(value), state: 'ENABLED' }),
    create: (id) => void versions(id),
    enable: set('ENABLED'),
    disable: set('DISABLED'),
    destroy: set('DESTROYED'),
    grant: (...more) => more.forEach((each) => rights.add(each)),
    look: (id) => ({
      versions: versions(id).map(({ data, state }) => ({ value: data.toString(), state })),
      annotations: about.get(id)?.annotations ?? {},
    }),
    annotate: (id, annotations) => void about.set(id, { etag: (about.get(id)?.etag ?? 1) + 1, annotations }),
    fail(fault, name = '') {
      faults.length = 0;
      if (fault) faults.push({ fault, name });
    },
    calls,
    async stop() {
      server.forceShutdown();
    },
  };
}

/** Tests run in the repository's root. */
const protos = ['@google-cloud/secret-manager', 'google-gax'].map(
  (name) => `node_modules/${name}/build/protos`,
);

function loadService(): ServiceDefinition {
  const definition = loadSync('google/cloud/secretmanager/v1/service.proto', {
    includeDirs: protos,
  });
  // grpc-js types what it loads as a tree of unknown depth.
  const loaded = loadPackageDefinition(definition) as unknown as {
    google: { cloud: { secretmanager: { v1: { SecretManagerService: { service: ServiceDefinition } } } } };
  };
  return loaded.google.cloud.secretmanager.v1.SecretManagerService.service;
}

const service = loadService();

type Call = ServerUnaryCall<{ name: string }, unknown>;

function implement(parts: WritableParts): UntypedServiceImplementation {
  const handlers: UntypedServiceImplementation = {};
  for (const method of Object.keys(service))
    handlers[method] = (_call: Call, done: sendUnaryData<unknown>) => {
      parts.calls.push(method);
      done({
        code: status.PERMISSION_DENIED,
        details: `Permission denied on ${method} (or it may not exist).`,
      });
    };
  Object.assign(handlers, implementWrites(parts));
  handlers.AccessSecretVersion = ({ request }: Call, done: sendUnaryData<unknown>) => {
    parts.calls.push(`AccessSecretVersion ${request.name}`);
    const fault = parts.faults.find(({ name }) => request.name.endsWith(name))?.fault;
    const answer = () => access(parts.secrets, request.name, fault, done);
    if (fault?.is === 'hanging') return;
    // What is answered is what is so when the answer goes out.
    if (fault?.is === 'slow') setTimeout(answer, fault.ms);
    else answer();
  };
  return handlers;
}

function access(
  secrets: WritableParts['secrets'],
  name: string,
  fault: Fault | undefined,
  done: sendUnaryData<unknown>,
): void {
  const no = (code: status, details: string) => done({ code, details });
  if (fault?.is === 'unavailable') return no(status.UNAVAILABLE, 'The service is currently unavailable.');
  if (fault?.is === 'permission denied')
    return no(
      status.PERMISSION_DENIED,
      `Permission 'secretmanager.versions.access' denied for resource '${name}' (or it may not exist).`,
    );
  const [, id = '', wanted = ''] = /^projects\/[^/]+\/secrets\/([^/]+)\/versions\/(\w+)$/.exec(name) ?? [];
  const versions = secrets.get(id);
  if (!versions?.length)
    return no(status.NOT_FOUND, `Secret [projects/1234/secrets/${id}] not found or has no versions.`);
  // Whatever its state: https://cloud.google.com/secret-manager/docs/access-secret-version
  const number = wanted === 'latest' ? versions.length : Number(wanted);
  const found = `projects/1234/secrets/${id}/versions/${number}`;
  const version = versions[number - 1];
  if (!version) return no(status.NOT_FOUND, `Secret Version [${found}] not found.`);
  if (version.state !== 'ENABLED')
    return no(status.FAILED_PRECONDITION, `Secret Version [${found}] is in ${version.state} state.`);
  done(null, { name: found, payload: { data: version.data, ...sumOf(version.data, fault) } });
}

function sumOf(data: Buffer, fault: Fault | undefined): { dataCrc32c?: number } {
  if (fault?.is === 'no crc') return {};
  return { dataCrc32c: (crc32c(data) ^ (fault?.is === 'wrong crc' ? 1 : 0)) >>> 0 };
}
