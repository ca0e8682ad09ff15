import { credentials, Metadata, type ChannelCredentials } from '@grpc/grpc-js';

/** What google-auth-library's clients have. */
export interface TokenSource {
  getRequestHeaders(url?: string): Promise<Headers>;
}

const scope = 'https://www.googleapis.com/auth/pubsub';

/** TLS and a token of Application Default Credentials (https://cloud.google.com/docs/authentication/application-default-credentials). */
export function googleCredentials(): ChannelCredentials {
  const source = applicationDefault();
  // Looked for now, so that the first call finds it; if that fails the call that needs it says so, and looks again.
  source.getRequestHeaders().catch(() => undefined);
  return withTokens(credentials.createSsl(), source);
}

/** Loaded only where it is used, beside the rest of the start: it takes longer to load than @grpc/grpc-js. */
function applicationDefault(): TokenSource {
  const load = async () => new (await import('../google/auth.ts')).GoogleAuth({ scopes: [scope] });
  let auth: ReturnType<typeof load> | undefined;
  return {
    async getRequestHeaders(url) {
      auth ??= load();
      return (await (await auth).getClient()).getRequestHeaders(url);
    },
  };
}

/**
 * Adds the headers of a token to each call. Not by grpc-js's createFromGoogleCredential: that copies Object.keys(headers), which of
 * the Headers that google-auth-library gives since its version 10 are none, so calls would go out without a token.
 */
export const withTokens = (channel: ChannelCredentials, source: TokenSource) =>
  credentials.combineChannelCredentials(
    channel,
    credentials.createFromMetadataGenerator(({ service_url }, done) => {
      source.getRequestHeaders(service_url).then(
        (headers) => done(null, toMetadata(headers)),
        (error: unknown) => done(new Error(`no token for Pub/Sub: ${String(error)}`, { cause: error })),
      );
    }),
  );

export function toMetadata(headers: Headers): Metadata {
  const metadata = new Metadata();
  headers.forEach((value, name) => metadata.set(name, value));
  return metadata;
}
