import type { Metafile } from 'esbuild';

/** What main.ts loads for one role alone. What is not here counts for all of them, so that nothing goes uncounted. */
const entries: Record<string, readonly string[]> = {
  gateway: ['services/cloud.ts'],
  ledger: ['services/cloud-ledger.ts'],
  migrate: ['services/cloud-migrate.ts'],
  sync: ['services/cloud-sync.ts'],
  local: ['services/local.ts'],
  cli: ['services/cli/command.ts', 'services/cli/terminal.ts'],
};

/** Megabytes that a role may add to the base image. A gateway is pulled and started while a postback waits. */
const most: Record<string, number | undefined> = { gateway: 10 };

interface RoleSize {
  role: string;
  files: string[];
  bytes: number;
}

/** The bundles that each role can come to load, at its start or later. */
const roleSizes = ({ outputs }: Metafile): RoleSize[] =>
  Object.keys(entries).map((role) => {
    const others = new Set(
      Object.values(entries)
        .flat()
        .filter((entry) => !entries[role]!.includes(entry)),
    );
    const files = new Set<string>();
    const follow = (file: string): void => {
      const output = outputs[file];
      if (!output || files.has(file) || others.has(output.entryPoint ?? '')) return;
      files.add(file);
      for (const { path } of output.imports) follow(path);
    };
    follow(Object.keys(outputs).find((file) => outputs[file]!.entryPoint === 'services/main.ts')!);
    return {
      role,
      files: [...files],
      bytes: [...files].reduce((sum, file) => sum + outputs[file]!.bytes, 0),
    };
  });

/** A line for each role; and what is wrong, if one is too large. */
export function tellSizes(metafile: Metafile): { lines: string[]; tooLarge: string[] } {
  const mb = (bytes: number) => (bytes / 1e6).toFixed(1);
  const sizes = roleSizes(metafile);
  const limit = (role: string) => (most[role] === undefined ? '' : ` of at most ${most[role]}`);
  return {
    lines: sizes.map(
      ({ role, files, bytes }) => `${role}: ${files.length} bundles, ${mb(bytes)} MB${limit(role)}`,
    ),
    tooLarge: sizes
      .filter(({ role, bytes }) => bytes > (most[role] ?? Infinity) * 1e6)
      .map(({ role, bytes }) => `${role} is ${mb(bytes)} MB and may be ${most[role]}`),
  };
}
