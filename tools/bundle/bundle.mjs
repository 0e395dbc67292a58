// Bundles what a service deploys, run in the service's folder: src/lambda.ts to dist/lambda, src/server.ts to dist/server, src/worker.ts to
// dist/worker. A service of several functions has an entry for each in place of src/lambda.ts, and handlers named after them.
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { sdkFiles } from './lambda-sdk-files.mjs';
import { openApiAtBuild } from './openapi-at-build.mjs';

const beside = (name) => fileURLToPath(new URL(name, import.meta.url));

const { name, dependencies = {} } = JSON.parse(readFileSync('package.json', 'utf8'));
/** The process that documents are read in, beside whoever starts it. */
const reader = { 'retrieval-bounded-child': resolve(beside('../../packages/retrieval/src/parse/bounded-child.ts')) };

const common = {
  bundle: true,
  format: 'esm',
  platform: 'node',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  metafile: true,
  outExtension: { '.js': '.mjs' },
  // Some dependencies still call require for Node's own modules.
  banner: { js: "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);" },
};

/** An image with several commands has an entry that loads the one that is asked for. */
const isEdge = name === '@plinth/edge-service';

const functions =
  name === '@plinth/batch'
    ? { api: 'src/api.ts', dispatch: 'src/dispatch.ts', steps: 'src/steps.ts' }
    : isEdge
      ? { sync: 'src/sync.ts' }
      : { index: 'src/lambda.ts', ...(name === '@plinth/ingest' ? { ...reader, migrate: 'src/migrate.ts' } : {}) };

/** Split, so that what a cold start does not need is loaded later. */
const lambda = {
  entryPoints: functions,
  outdir: 'dist/lambda',
  target: 'node22',
  splitting: true,
  minify: true,
  alias: {
    '@aws-sdk/credential-provider-node': beside('lambda-credentials.mjs'),
    '@aws-sdk/credential-providers': beside('lambda-credentials.mjs'),
    '@aws-sdk/middleware-endpoint-discovery': beside('lambda-endpoint-discovery.mjs'),
    '@aws-sdk/token-providers': beside('lambda-token.mjs'),
    '@hono/node-server/utils/response': beside('lambda-node-response.mjs'),
  },
  plugins: [sdkFiles, openApiAtBuild],
  // Reads the user agent of browsers, which a function is not.
  external: ['bowser'],
};

/** With the database's threads beside it. Native code, and what starts threads or reads files by name, stay packages. */
const server = {
  entryPoints: {
    index: isEdge ? 'src/main.ts' : 'src/server.ts',
    'embedded-worker': resolve(beside('../../packages/stores/src/embedded/worker.ts')),
    'embedded-checkpoint-worker': resolve(beside('../../packages/stores/src/embedded/checkpoint-worker.ts')),
    ...(!isEdge && '@plinth/batching' in dependencies
      ? { 'embedded-batches-worker': resolve(beside('../../packages/stores/src/batches/embedded/batches-worker.ts')) }
      : {}),
    ...('@plinth/retrieval' in dependencies
      ? {
          'retrieval-database-worker': resolve(beside('../../packages/retrieval/src/database/embedded/worker.ts')),
          ...reader,
        }
      : {}),
  },
  outdir: 'dist/server',
  target: 'node20',
  splitting: isEdge,
  external: ['libsql', 'pino', 'node-llama-cpp', '@electric-sql/pglite', '@electric-sql/pglite-pgvector'],
};

/** For a container that has Node and nothing else of ours. */
const worker = {
  entryPoints: { index: 'src/worker.ts' },
  outdir: 'dist/worker',
  target: 'node22',
  splitting: true,
  plugins: [sdkFiles],
};

for (const target of [lambda, server, worker]) {
  if (!existsSync(Object.values(target.entryPoints)[0])) continue;
  rmSync(target.outdir, { recursive: true, force: true });
  const { metafile } = await build({ ...common, ...target });
  writeFileSync(`${target.outdir}.json`, JSON.stringify(metafile));
  const bytes = Object.keys(metafile.outputs).reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
  console.log(
    `${target.outdir.padEnd(12)} ${Object.keys(metafile.outputs).length} files, ${(bytes / 1_000).toFixed(1)} kB gzipped`,
  );
}
