import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';

const CHAT = resolve(import.meta.dirname, '../../services/chat');
const RUNS = 15;
const ENVIRONMENT = {
  PLINTH_LEDGER_TABLE: 'ledger',
  PLINTH_RECORDS_TABLE: 'records',
  PLINTH_AUDIT_TABLE: 'audit',
  PLINTH_CATALOG: JSON.stringify([
    {
      id: 'm',
      target: { kind: 'bedrock', modelId: 'm' },
      contextTokens: 8_192,
      maxPromptTokens: 4_096,
      maxCompletionTokens: 1_024,
      price: { input: 1, output: 1 },
    },
  ]),
};

/** The Lambda bundle: its size, and how long a cold start's import of it takes beside that of an empty module. */
export function benchBundle(): void {
  execFileSync(process.execPath, [resolve(CHAT, '../../tools/bundle/bundle.mjs')], { cwd: CHAT, stdio: 'ignore' });
  const folder = join(CHAT, 'dist/lambda');
  const sizes = readdirSync(folder).map((name) => ({ name, bytes: gzipSync(readFileSync(join(folder, name))).length }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { name, bytes } of sizes) console.log(`  ${name.padEnd(40)} ${(bytes / 1_000).toFixed(1)} kB gzipped`);
  const { bundle, empty, fetch } = importMedians(join(folder, 'index.mjs'));
  console.log(
    `${total <= 150_000 ? 'met   ' : 'MISSED'}  chat bundle, all its files: ${(total / 1_000).toFixed(1)} kB gzipped (goal at most 150)`,
  );
  console.log(
    `${bundle <= 45 ? 'met   ' : 'MISSED'}  import: ${bundle.toFixed(1)} ms, median of ${RUNS} processes (goal at most 45); an empty module: ${empty.toFixed(1)} ms`,
  );
  console.log(`        left to the first request: ${fetch.toFixed(1)} ms for Node's fetch, and the two AWS clients`);
}

/** Milliseconds: the import of `file`, that of an empty module in a process of its own, and what Node's fetch then takes to load. */
function importMedians(file: string): { bundle: number; empty: number; fetch: number } {
  // In turns, so that what else the machine does falls on both alike.
  const runs = Array.from({ length: RUNS }, () => ({
    ...timed(pathToFileURL(file).href),
    empty: timed('data:text/javascript,').bundle,
  }));
  const median = (of: 'bundle' | 'empty' | 'fetch') =>
    runs.map((run) => run[of]).sort((a, b) => a - b)[Math.floor(RUNS / 2)]!;
  return { bundle: median('bundle'), empty: median('empty'), fetch: median('fetch') };
}

function timed(url: string): { bundle: number; fetch: number } {
  const code = `globalThis.awslambda={streamifyResponse:f=>f,HttpResponseStream:{from:s=>s}};
    const start=performance.now();await import(${JSON.stringify(url)});const bundle=performance.now()-start;
    new Response();const fetch=performance.now()-start-bundle;
    process.stdout.write(JSON.stringify({bundle,fetch}),()=>process.exit(0))`;
  const text = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
    encoding: 'utf8',
    env: { ...process.env, ...ENVIRONMENT, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  });
  return JSON.parse(text) as { bundle: number; fetch: number };
}
