import { TikTokError } from './errors.ts';
import type { TokenSource } from './client.ts';

/** What a creator's authorisation gave. */
export interface Tokens {
  accessToken: string;
  /** Unix seconds, as all times here. */
  accessExpires: number;
  refreshToken: string;
  refreshExpires: number;
  openId: string;
  /** 0 a seller, 1 a creator. */
  userType: number | undefined;
  name: string | undefined;
  region: string | undefined;
  scopes: string[];
}

/** Where the tokens of one account are kept: a file, or a cloud's secret. */
export interface TokenStore {
  read(): Promise<Tokens | undefined>;
  write(tokens: Tokens): Promise<void>;
  /** Does `work` while no other process that uses this store does such work. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

interface Options {
  store: TokenStore;
  /** Asks TikTok for the next tokens. */
  refresh: (refreshToken: string) => Promise<Tokens>;
  /** Milliseconds since 1970. */
  clock?: () => number;
  onRefresh?: (tokens: Tokens) => void;
  /** The next ones could not be had, but these still work. */
  onLate?: (error: unknown) => void;
}

export interface KeptTokens extends TokenSource {
  /** Fetches the next tokens now. */
  refresh(): Promise<Tokens>;
}

/** Seconds before its end at which an access token is replaced: a long report must not meet it. */
const margin = 15 * 60;

/**
 * The tokens of a store, replaced before they end. A refresh token may be good for one use only, so of several processes that want to
 * refresh one does, and the others read what it stored. Rejects with a TikTokError if the creator must authorise again.
 */
export function keepTokens({ store, refresh, clock = Date.now, onRefresh, onLate }: Options): KeptTokens {
  const seconds = () => clock() / 1000;

  /** Fetches the next tokens, unless who had the store before has done so. */
  const next = (isStale: (tokens: Tokens) => boolean) =>
    store.alone(async () => {
      const kept = await readKept(store);
      if (!isStale(kept)) return kept;
      if (kept.refreshExpires <= seconds()) throw ended(kept);
      return renewed(kept);
    });

  async function renewed(kept: Tokens): Promise<Tokens> {
    let tokens: Tokens;
    try {
      tokens = await refresh(kept.refreshToken);
    } catch (error) {
      // It counts once: who was thought dead while they refreshed has used it, and has stored the next ones by now.
      const stored = await readKept(store);
      if (stored.refreshToken !== kept.refreshToken) return stored;
      throw error;
    }
    await store.write(tokens);
    onRefresh?.(tokens);
    return tokens;
  }

  return {
    refresh: () => next(() => true),
    async renew(stale) {
      return (await next(({ accessToken }) => accessToken === stale)).accessToken;
    },
    async current() {
      const kept = await readKept(store);
      const endsSoon = ({ accessExpires }: Tokens) => accessExpires - seconds() < margin;
      if (!endsSoon(kept)) return kept.accessToken;
      try {
        return (await next(endsSoon)).accessToken;
      } catch (error) {
        if (kept.accessExpires <= seconds() || !isUnreached(error)) throw error;
        onLate?.(error);
        return kept.accessToken;
      }
    },
  };
}

const isUnreached = (error: unknown) =>
  error instanceof TikTokError && ['network', 'server', 'busy'].includes(error.trouble);

async function readKept(store: TokenStore): Promise<Tokens> {
  const kept = await store.read();
  if (kept) return kept;
  throw new TikTokError('no creator has authorised this app yet', { trouble: 'token' });
}

const ended = ({ refreshExpires }: Tokens) =>
  new TikTokError(`the authorisation ended on ${new Date(refreshExpires * 1000).toISOString()}`, {
    trouble: 'token',
  });
