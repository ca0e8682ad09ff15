import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials, Metadata, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addressOf } from '../../../services/runtime/pubsub/channel.ts';
import { withTokens } from '../../../services/runtime/pubsub/credentials.ts';
import { connect } from '../../../services/runtime/pubsub/grpc.ts';
import { encodePublishRequest } from '../../../services/runtime/pubsub/protobuf.ts';

describe('the address', () => {
  it.each([
    [undefined, 'pubsub.googleapis.com', 443],
    ['localhost:8085', 'localhost', 8085],
    ['http://127.0.0.1:1234/', '127.0.0.1', 1234],
    ['[::1]:8085', '[::1]', 8085],
  ])('for PUBSUB_EMULATOR_HOST=%s is %s, port %i', (emulatorHost, host, port) => {
    expect(addressOf(emulatorHost)).toEqual({ host, port });
  });
});

/** What the emulator cannot show: encryption, and a token in each call. */
describe('a connection as to Google', () => {
  const { key, certificate } = selfSigned();
  const calls: Metadata[] = [];
  const server = new Server();
  let address: string;
  beforeAll(async () => {
    const ownServer = ServerCredentials.createSsl(null, [{ private_key: key, cert_chain: certificate }]);
    const same = (bytes: Buffer) => bytes;
    server.addService(
      {
        Publish: {
          path: '/google.pubsub.v1.Publisher/Publish',
          requestStream: false,
          responseStream: false,
          requestDeserialize: same,
          requestSerialize: same,
          responseDeserialize: same,
          responseSerialize: same,
        },
      },
      {
        Publish: (
          call: { metadata: Metadata; request: Buffer },
          answer: (e: null, bytes: Buffer) => void,
        ) => {
          calls.push(call.metadata);
          expect(call.request).toEqual(encodePublishRequest({ topic, messages }));
          answer(null, Buffer.from([0x0a, 1, 0x37]));
        },
      },
    );
    address = await new Promise((resolve, reject) =>
      server.bindAsync('localhost:0', ownServer, (error, port) =>
        error ? reject(error) : resolve(`localhost:${port}`),
      ),
    );
  });
  afterAll(() => server.forceShutdown());

  const topic = 'projects/p/topics/t';
  const messages = [{ data: '{}', attributes: { a: 'b' } }];

  it("brings a token, which grpc-js's own adapter would lose, and the routing header", async () => {
    let number = 0;
    const getRequestHeaders = async () => new Headers({ authorization: `Bearer ${++number}` });
    const connection = connect(
      address,
      withTokens(credentials.createSsl(certificate), { getRequestHeaders }),
    );
    expect(await connection.call(topic, messages, 2_000)).toEqual(['7']);
    await connection.call(topic, messages, 2_000);
    await connection.close();
    expect(calls.map((each) => each.get('authorization'))).toEqual([['Bearer 1'], ['Bearer 2']]);
    expect(calls[0]!.get('x-goog-request-params')).toEqual(['topic=projects%2Fp%2Ftopics%2Ft']);
  });

  it('says why when there is no token, as something that may pass', async () => {
    const getRequestHeaders = () => Promise.reject(new Error('metadata server away'));
    const connection = connect(
      address,
      withTokens(credentials.createSsl(certificate), { getRequestHeaders }),
    );
    await expect(connection.call(topic, messages, 2_000)).rejects.toMatchObject({
      code: status.UNKNOWN,
      message: expect.stringContaining('metadata server away') as string,
    });
    await connection.close();
  });

  it('does not speak to a server whose certificate is not to be trusted', async () => {
    const connection = connect(address, credentials.createSsl());
    await expect(connection.call(topic, messages, 2_000)).rejects.toMatchObject({ code: status.UNAVAILABLE });
    await connection.close();
  });
});

/** Made anew: a private key has no place in a repository. */
function selfSigned(): { key: Buffer; certificate: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'linkshare-'));
  const [key, certificate] = [join(folder, 'key'), join(folder, 'certificate')];
  const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  execFileSync('openssl', ['req', '-x509', ...kind, ...subject, '-keyout', key, '-out', certificate], {
    stdio: 'pipe',
  });
  const made = { key: readFileSync(key), certificate: readFileSync(certificate) };
  rmSync(folder, { recursive: true });
  return made;
}
