/**
 * `npm run infra:build [folder]`: makes infra/dist/index.mjs, which Pulumi.yaml names. Pulumi would compile TypeScript with a ts-node that
 * knows neither this TypeScript nor imports that end in .ts; packages stay where they are, in node_modules.
 */
import { build } from 'esbuild';

const [outdir = 'infra/dist'] = process.argv.slice(2);
await build({
  entryPoints: { index: 'infra/index.ts' },
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node24',
  sourcemap: 'inline',
  logLevel: 'warning',
});
