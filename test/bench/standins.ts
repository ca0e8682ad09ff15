/** Pub/Sub's and Secret Manager's stand-ins in a process of their own. Tells where they are; asked anything, how many messages came. */
import { startFakePubSub } from '../support/fake-pubsub.ts';
import { startFakeSecretManager } from '../support/fake-secret-manager.ts';
import { secret } from './postbacks.ts';

export interface Hosts {
  PUBSUB_EMULATOR_HOST: string;
  SECRET_MANAGER_HOST: string;
}

const pubsub = await startFakePubSub({ record: false });
const secretManager = await startFakeSecretManager();
secretManager.add('linkshare-bench-signing-secret', secret);

process.on('message', () => process.send!(pubsub.count()));
process.on('disconnect', () => process.exit(0));
process.send!({
  PUBSUB_EMULATOR_HOST: pubsub.directHost,
  SECRET_MANAGER_HOST: secretManager.host,
} satisfies Hosts);
