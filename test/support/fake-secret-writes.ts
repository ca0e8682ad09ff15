import { status } from '@grpc/grpc-js';
import type { sendUnaryData, ServerUnaryCall, UntypedServiceImplementation } from '@grpc/grpc-js';
import { crc32c } from '../../services/runtime/google/crc32c.ts';
import type { Fault, Version } from './fake-secret-manager.ts';

/** What is said of a secret beside its versions. */
export interface About {
  etag: number;
  annotations: Record<string, string>;
}

export interface WritableParts {
  secrets: Map<string, Version[]>;
  about: Map<string, About>;
  faults: { fault: Fault; name: string }[];
  calls: string[];
  /** The rights of who calls, besides reading versions. */
  rights: Set<string>;
}

type Request = {
  name?: string;
  parent?: string;
  resource?: string;
  permissions?: string[];
  payload?: { data: Buffer; dataCrc32c?: string };
  pageSize?: number;
  secret?: { name: string; etag: string; annotations: Record<string, string> };
  updateMask?: { paths: string[] };
};
type Answer = sendUnaryData<unknown>;

class No extends Error {
  readonly code: status;
  constructor(code: status, details: string) {
    super(details);
    this.code = code;
  }
}

/** The methods that change secrets, from Google's published proto and its page on etags. Each is denied to who lacks the right to it. */
export function implementWrites(parts: WritableParts): UntypedServiceImplementation {
  const { secrets, about, rights } = parts;
  const id = (name: string) => /^projects\/[^/]+\/secrets\/([^/]+)/.exec(name)?.[1] ?? '';
  const full = (name: string) => `projects/1234/secrets/${id(name)}`;
  const versionsOf = (name: string) => {
    const found = secrets.get(id(name));
    if (!found) throw new No(status.NOT_FOUND, `Secret [${full(name)}] not found.`);
    return found;
  };
  const aboutOf = (name: string) => {
    versionsOf(name);
    const known = about.get(id(name)) ?? { etag: 1, annotations: {} };
    about.set(id(name), known);
    return known;
  };
  const secretOf = (name: string) => {
    const { etag, annotations } = aboutOf(name);
    return { name: full(name), etag: `"${etag}"`, annotations };
  };
  const version = (name: string, number: number) => ({
    name: `${full(name)}/versions/${number}`,
    state: versionsOf(name)[number - 1]!.state,
  });

  const methods: Record<string, { right: string; run: (request: Request) => unknown }> = {
    GetSecret: { right: 'secretmanager.secrets.get', run: ({ name = '' }) => secretOf(name) },
    UpdateSecret: {
      right: 'secretmanager.secrets.update',
      run({ secret, updateMask }) {
        if (updateMask?.paths.join() !== 'annotations')
          throw new No(status.INVALID_ARGUMENT, 'the stand-in knows annotations alone');
        const known = aboutOf(secret!.name);
        if (secret!.etag !== '' && secret!.etag !== `"${known.etag}"`)
          throw new No(status.FAILED_PRECONDITION, 'The etag provided does not match the current etag.');
        // Also where nothing changes: https://cloud.google.com/secret-manager/docs/etags
        about.set(id(secret!.name), { etag: known.etag + 1, annotations: secret!.annotations });
        return secretOf(secret!.name);
      },
    },
    AddSecretVersion: {
      right: 'secretmanager.versions.add',
      run({ parent = '', payload }) {
        const data = Buffer.from(payload!.data);
        if (payload!.dataCrc32c !== undefined && Number(payload!.dataCrc32c) !== crc32c(data))
          throw new No(status.INVALID_ARGUMENT, 'The checksum does not fit the payload.');
        return version(parent, versionsOf(parent).push({ data, state: 'ENABLED' }));
      },
    },
    ListSecretVersions: {
      right: 'secretmanager.versions.list',
      run({ parent = '', pageSize = 0 }) {
        const all = versionsOf(parent).map((_each, at) => version(parent, at + 1));
        return { versions: all.reverse().slice(0, pageSize || 25_000), totalSize: all.length };
      },
    },
    DestroySecretVersion: {
      right: 'secretmanager.versions.destroy',
      run({ name = '' }) {
        const number = Number(/\d+$/.exec(name)?.[0]);
        const found = versionsOf(name)[number - 1];
        if (!found) throw new No(status.NOT_FOUND, `Secret Version [${name}] not found.`);
        Object.assign(found, { state: 'DESTROYED', data: Buffer.alloc(0) });
        return version(name, number);
      },
    },
    TestIamPermissions: {
      right: '',
      run: ({ resource = '', permissions = [] }) => ({
        permissions: secrets.has(id(resource))
          ? permissions.filter((each) => each === 'secretmanager.versions.access' || rights.has(each))
          : [],
      }),
    },
  };

  const answer =
    (method: string) =>
    ({ request }: ServerUnaryCall<Request, unknown>, done: Answer): void => {
      const name = nameOf(request);
      parts.calls.push(`${method} ${name}`);
      const { right, run } = methods[method]!;
      const fault = parts.faults.find((each) => `${method} ${name}`.endsWith(each.name))?.fault;
      if (fault?.is === 'hanging') return;
      if (fault?.is === 'unavailable')
        return done({ code: status.UNAVAILABLE, details: 'The service is currently unavailable.' });
      if (right !== '' && !rights.has(right))
        return done({
          code: status.PERMISSION_DENIED,
          details: `Permission '${right}' denied for resource '${name}' (or it may not exist).`,
        });
      try {
        done(null, run(request));
      } catch (error) {
        if (!(error instanceof No)) throw error;
        done({ code: error.code, details: error.message });
      }
    };
  return Object.fromEntries(Object.keys(methods).map((method) => [method, answer(method)]));
}

const nameOf = ({ name, parent, resource, secret }: Request) =>
  [name, parent, resource, secret?.name].find(Boolean) ?? '';

/** What a service needs that writes a secret of its own. */
export const writer = [
  'secretmanager.secrets.get',
  'secretmanager.secrets.update',
  'secretmanager.versions.add',
  'secretmanager.versions.list',
  'secretmanager.versions.destroy',
];
