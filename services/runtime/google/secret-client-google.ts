// Bundled, a package written for require() has these names only for a static import; this file itself is loaded lazily.
import { v1 } from '@google-cloud/secret-manager';
import { credentials } from '@grpc/grpc-js';
import { PassThroughClient } from 'google-auth-library';
import { channelOptions, lazily, type ClientOptions, type SecretClient } from './secret-client.ts';

/** Secret Manager through Google's own client. Loading it takes about a quarter of a second. */
export const openGoogleClient = (options: ClientOptions = {}): SecretClient =>
  lazily(async () => {
    const client = loadGoogleClient(options);
    // Its calls throw past their caller, and end the process, where this fails (no account, say): so it comes first.
    await client.initialize();
    return {
      async access(name, ms) {
        const [{ name: found, payload }] = await client.accessSecretVersion({ name }, once(ms));
        const crc = payload?.dataCrc32c;
        return {
          name: found ?? '',
          data: bytesOf(payload?.data),
          ...(crc !== undefined && crc !== null && { crc32c: Number(String(crc)) }),
        };
      },
      close: () => client.close(),
    };
  });

export function loadGoogleClient({ host }: ClientOptions) {
  const client = new v1.SecretManagerServiceClient({ ...channelOptions, ...(host && standIn(host)) });
  // Who sets GOOGLE_SDK_NODE_LOGGING would find every secret in the log: the client writes whole answers there.
  Object.assign(client, { _log: { info: () => {}, warn: () => {}, debug: () => {}, error: () => {} } });
  return client;
}

/** Without TLS, and without asking the machine for an account. */
function standIn(host: string) {
  const [apiEndpoint, port] = host.split(':') as [string, string];
  const authClient = new PassThroughClient();
  return { apiEndpoint, port: Number(port), sslCreds: credentials.createInsecure(), authClient };
}

/** Google's default is to try for ten minutes. When to try again is decided in secrets.ts, in one place. */
const once = (ms: number) => ({ timeout: ms, retry: { retryCodes: [] } });

const bytesOf = (data: Uint8Array | string | null | undefined) =>
  typeof data === 'string' ? Buffer.from(data, 'base64') : (data ?? new Uint8Array());
