/** Google's clients as their documentation uses them, but for where the stand-ins are. */
import { PubSub, type Topic } from '@google-cloud/pubsub';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { credentials } from '@grpc/grpc-js';
import { PassThroughClient } from 'google-auth-library';
import { secretName } from './postback.ts';

/** PUBSUB_EMULATOR_HOST is read by the client itself. */
export const openTopic = (): Topic => new PubSub({ projectId: 'bench' }).topic('conversions');

export async function readSecret(): Promise<string> {
  const [apiEndpoint, port] = process.env.SECRET_MANAGER_HOST!.split(':') as [string, string];
  const client = new SecretManagerServiceClient({
    apiEndpoint,
    port: Number(port),
    sslCreds: credentials.createInsecure(),
    authClient: new PassThroughClient(),
  });
  const [{ payload }] = await client.accessSecretVersion({ name: secretName });
  return Buffer.from(payload!.data as Uint8Array).toString();
}
