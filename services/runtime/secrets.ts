export interface SecretName {
  partner: string;
  name: string;
}

/** A secret of which no value is live, and what to do about it. */
export interface MissingSecret extends SecretName {
  missing: string;
}

/** Secrets by partner and name. */
export interface Secrets {
  /** The live values, newest first: two during a rotation. Throws while there is none. */
  live(partner: string, name: string): readonly string[];
  /** The same, but empty where that throws: to mask with what there is. */
  loaded(partner: string, name: string): readonly string[];
  /** To be called with each request to a partner, which waits for what it returns, if it returns something. */
  refreshIfOld(partner?: string): Promise<void> | undefined;
  /** To be called when a verification fails: whether the live values are others now, so that it is worth verifying again. */
  refreshAfterFailure(partner?: string): Promise<boolean>;
  state(): MissingSecret[];
}

/** Secrets that stay as they are until the next start. */
export function fixedSecrets(live: Secrets['live']): Secrets {
  return {
    live,
    loaded: live,
    refreshIfOld: () => undefined,
    refreshAfterFailure: () => Promise.resolve(false),
    state: () => [],
  };
}
