import { credentials } from '@grpc/grpc-js';
import { v1 } from '@google-cloud/pubsub';
import { PassThroughClient } from 'google-auth-library';
import { addressOf, channelOptions } from './channel.ts';
import { createCollector } from './collect.ts';
import type { Connection, Publisher, PublisherOptions, PubSubMessage } from './publisher.ts';
import { createRenewing } from './renew.ts';

/**
 * The publisher on Google's client: its generated PublisherClient, of which one publish() is one Publish call. topic.publishMessage
 * cannot promise that: it cuts its own queue where its limits are reached, in the midst of a request
 * (https://github.com/googleapis/google-cloud-node/blob/main/handwritten/pubsub/src/publisher/message-queues.ts).
 */
export function createClientPublisher({ emulatorHost, limits }: PublisherOptions = {}): Publisher {
  return createCollector(createRenewing(() => createConnection(emulatorHost)), limits); // prettier-ignore
}

function createConnection(emulatorHost: string | undefined): Connection {
  const client = new v1.PublisherClient(clientOptions(emulatorHost));
  return {
    async call(topic, messages, timeout) {
      // publish() leaves a failure of this to nobody, which ends the process; what failed is then kept for ever, until it is renewed.
      await client.initialize();
      // Google's defaults are a minute for an attempt and ten in all; it might collect for 10 ms by itself if it were not told.
      const options = { timeout, retry: null, isBundling: false };
      const [{ messageIds }] = await client.publish({ topic, messages: messages.map(encode) }, options);
      return messageIds ?? [];
    },
    close: () => client.close(),
  };
}

const encode = ({ data, attributes }: PubSubMessage) => ({ data: Buffer.from(data), attributes });

function clientOptions(emulatorHost: string | undefined) {
  // Without `fallback: false` it would speak HTTP/1.1 wherever a global `window` exists, as in some test environments.
  const common = { ...channelOptions, fallback: false as const };
  if (!emulatorHost) return common;
  const { host: servicePath, port } = addressOf(emulatorHost);
  // Even with insecure credentials it asks whose universe (googleapis.com or another) those of the machine are of.
  const authClient = new PassThroughClient();
  return {
    ...common,
    servicePath,
    port,
    sslCreds: credentials.createInsecure(),
    authClient,
    projectId: 'emulator',
  };
}
