/** Postgres' text holds no zero character; keys and ids are kept so, and looked up so. */
export const clean = (text: string) => text.replaceAll('\0', '\uFFFD');
