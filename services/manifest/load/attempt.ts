import type { Problem } from './problems.ts';

/** Tries to compile a part; what it says against it is a problem at that part. */
export function attempt(path: PropertyKey[], compile: () => unknown, prefix = ''): Problem[] {
  try {
    compile();
    return [];
  } catch (error) {
    if (error instanceof SyntaxError) return [{ path, message: prefix + error.message }];
    throw error;
  }
}
