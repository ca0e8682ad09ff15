/** A secret that this program writes too, such as tokens that renew themselves. Several processes may share it. */
export interface WritableSecret {
  /** Where it is, for messages. */
  readonly where: string;
  /** The newest value; undefined where there is none yet. */
  read(): Promise<string | undefined>;
  write(value: string): Promise<void>;
  /** Does `work` while no other process that shares this secret does such work. Rejects, before any work, where it could not be written. */
  alone<T>(work: () => Promise<T>): Promise<T>;
  close(): Promise<void>;
}
