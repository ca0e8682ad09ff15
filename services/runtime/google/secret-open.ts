import type { ClientOptions, SecretClient } from './secret-client.ts';

/** `SECRETS`: our small client on gRPC, or Google's. */
export const secretClients = ['grpc', 'client'] as const;
export type SecretClientName = (typeof secretClients)[number];

/** Loads only what is asked for: Google's takes a quarter of a second, in which a postback waits at a cold start. */
export async function openSecretClient(
  name: SecretClientName,
  options: ClientOptions,
): Promise<SecretClient> {
  if (name === 'grpc') return (await import('./secret-client-bare.ts')).openBareClient(options);
  return (await import('./secret-client-google.ts')).openGoogleClient(options);
}
