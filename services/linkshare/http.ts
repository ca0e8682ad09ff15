import { createHttpClient, HttpFailure, type HttpClient } from '../runtime/httpClient.ts';
import { TikTokError } from './errors.ts';

export type { Incoming } from '../runtime/httpClient.ts';
export type Http = HttpClient;

/** Rejects with a TikTokError where there is no answer that can be read. */
export function createHttp(): Http {
  const client = createHttpClient();
  return { send: (outgoing) => client.send(outgoing).catch(asTikTokError), close: () => client.close() };
}

function asTikTokError(error: unknown): never {
  if (!(error instanceof HttpFailure)) throw error;
  throw new TikTokError(error.message, { trouble: error.is === 'too large' ? 'answer' : 'network' });
}
