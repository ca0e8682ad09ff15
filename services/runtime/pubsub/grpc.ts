import { Client, credentials, Metadata, type ChannelCredentials } from '@grpc/grpc-js';
import { addressOf, channelOptions } from './channel.ts';
import { createCollector } from './collect.ts';
import { googleCredentials } from './credentials.ts';
import { decodePublishResponse, encodePublishRequest } from './protobuf.ts';
import type { Connection, Publisher, PublisherOptions } from './publisher.ts';
import { createRenewing } from './renew.ts';
import { HeldSockets } from './sockets.ts';

/** The small publisher: @grpc/grpc-js and nothing that takes long to load. Connects at once, so that the first call need not. */
export function createGrpcPublisher({ emulatorHost, limits }: PublisherOptions = {}): Publisher {
  const channelCredentials = emulatorHost ? credentials.createInsecure() : googleCredentials();
  const { host, port } = addressOf(emulatorHost);
  return createCollector(createRenewing(() => connect(`${host}:${port}`, channelCredentials)), limits); // prettier-ignore
}

const publishMethod = '/google.pubsub.v1.Publisher/Publish';

/** Begins to connect to HOST:PORT. */
export function connect(address: string, channelCredentials: ChannelCredentials): Connection {
  const sockets = new HeldSockets(channelCredentials);
  const client = new Client(address, sockets, channelOptions);
  client.getChannel().getConnectivityState(true);
  return {
    call: (topic, messages, timeoutMs) =>
      new Promise((resolve, reject) => {
        const options = { deadline: Date.now() + timeoutMs };
        client.makeUnaryRequest(
          publishMethod,
          encodePublishRequest,
          decodePublishResponse,
          { topic, messages },
          routedTo(topic),
          options,
          (error, ids) => (error ? reject(error) : resolve(ids!)),
        );
      }),
    async close() {
      client.close();
      sockets.destroy();
    },
  };
}

/** Tells Google's front end whose call this is, as its own clients do (https://google.aip.dev/client-libraries/4222). */
function routedTo(topic: string): Metadata {
  const metadata = new Metadata();
  metadata.set('x-goog-request-params', `topic=${encodeURIComponent(topic)}`);
  return metadata;
}
