import type { Publisher, PublisherOptions } from './publisher.ts';

/** `PUBLISHER`: our small one on gRPC, or Google's client. */
export const publishers = ['grpc', 'client'] as const;
export type PublisherName = (typeof publishers)[number];

/** Loads only what is asked for: Google's client takes about as long to load as all the rest of the gateway. */
export async function openPublisher(name: PublisherName, options: PublisherOptions): Promise<Publisher> {
  if (name === 'grpc') return (await import('./grpc.ts')).createGrpcPublisher(options);
  return (await import('./client.ts')).createClientPublisher(options);
}
