// Bundles a service's Lambda entry point into dist/lambda: ESM, split so that what a cold start does not need is loaded later.
import { gzipSync } from 'node:zlib';
import { rmSync, writeFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));
const outdir = 'dist/lambda';
rmSync(outdir, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: { index: 'src/lambda.ts' },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  mainFields: ['module', 'main'],
  conditions: ['module'],
  minify: true,
  legalComments: 'none',
  metafile: true,
  alias: {
    '@aws-sdk/credential-provider-node': beside('lambda-credentials.mjs'),
    '@aws-sdk/token-providers': beside('lambda-token.mjs'),
  },
  // Reads the user agent of browsers, which a function is not.
  external: ['bowser'],
  outExtension: { '.js': '.mjs' },
  // Some dependencies still call require for Node's own modules.
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
});
writeFileSync('dist/metafile.json', JSON.stringify(metafile));
let total = 0;
for (const file of Object.keys(metafile.outputs)) {
  const size = gzipSync(readFileSync(file)).length;
  total += size;
  console.log(`${file.padEnd(44)} ${(size / 1000).toFixed(1).padStart(7)} kB gzipped`);
}
console.log(`${join(outdir, '*').padEnd(44)} ${(total / 1000).toFixed(1).padStart(7)} kB gzipped`);
