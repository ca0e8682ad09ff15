/** What is wrong with what an operator wrote, one line a problem: configuration, or a manifest. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}
