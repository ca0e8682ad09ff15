/** Ids and when they were last kept, the newest of them. */
export interface Memory {
  remember(id: string, at: Date): void;
  lastKept(id: string): Date | undefined;
}

/**
 * Holds the newest `most` ids at least, twice as many at most (about 150 bytes each). In two halves, of which the older goes whole:
 * deleting the first of one Map each time leaves it full of holes, and finding the first behind them takes longer than all the rest.
 */
export function createMemory(most = 20_000): Memory {
  // Numbers, since a Date takes four times as much.
  let newer = new Map<string, number>();
  let older = new Map<string, number>();
  return {
    remember(id, at) {
      newer.set(id, at.getTime());
      if (newer.size >= most) [newer, older] = [new Map<string, number>(), newer];
    },
    lastKept(id) {
      const time = newer.get(id) ?? older.get(id);
      return time === undefined ? undefined : new Date(time);
    },
  };
}
