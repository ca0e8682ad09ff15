/** What reading a text gives: its value, or why it cannot be read. Never a guess. */
export type Read<T> = { ok: true; value: T } | { ok: false; why: string };

export const read = <T>(value: T): Read<T> => ({ ok: true, value });

export const unreadable = (why: string): { ok: false; why: string } => ({ ok: false, why });
