/** Ids and when they were last kept, the newest of them. */
export interface Memory {
  remember(id: string, at: Date): void;
  lastKept(id: string): Date | undefined;
}

/** Holds `most` ids (about 150 bytes each); the one that was kept longest ago goes first. */
export function createMemory(most = 20_000): Memory {
  // A Map iterates in the order of insertion; numbers, since a Date takes four times as much.
  const times = new Map<string, number>();
  return {
    remember(id, at) {
      times.delete(id);
      times.set(id, at.getTime());
      if (times.size > most) times.delete(times.keys().next().value!);
    },
    lastKept(id) {
      const time = times.get(id);
      return time === undefined ? undefined : new Date(time);
    },
  };
}
