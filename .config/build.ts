/** `npm run build [folder [readable]]`: bundles what runs into dist/, for the image. PGlite stays a package: it loads its own WebAssembly files. */
import { rmSync } from 'node:fs';
import { build } from 'esbuild';
import { tellSizes } from './roles.ts';

const [outdir = 'dist', form] = process.argv.slice(2);
rmSync(outdir, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: { main: 'services/main.ts' },
  outdir,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  external: ['@electric-sql/pglite'],
  // Packages written for require() ask for these by name.
  banner: {
    js: [
      // Under a name that no source has: what is bundled beside it may import it too.
      "import { createRequire as bundledRequire } from 'node:module';",
      'const require = bundledRequire(import.meta.url);',
      'const [__filename, __dirname] = [import.meta.filename, import.meta.dirname];',
    ].join('\n'),
  },
  // Names stay, for stack traces. What is left is two thirds: less to pull, less to read.
  minifySyntax: true,
  // Readable, the bundles say from which file each part is, as a profile needs it.
  minifyWhitespace: form !== 'readable',
  metafile: true,
  logLevel: 'warning',
});
for (const [file, { bytes }] of Object.entries(metafile.outputs))
  console.log(`${file}  ${(bytes / 1024).toFixed(0)} kB`);
const { lines, tooLarge } = tellSizes(metafile);
console.log(lines.join('\n'));
if (tooLarge.length > 0 && form !== 'readable') throw new Error(tooLarge.join('\n'));
