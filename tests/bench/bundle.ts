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
  const medianMs = importMedian(join(folder, 'index.mjs'));
  console.log(
    `${total <= 150_000 ? 'met   ' : 'MISSED'}  chat bundle, all its files: ${(total / 1_000).toFixed(1)} kB gzipped (goal at most 150)`,
  );
  console.log(
    `${medianMs <= 45 ? 'met   ' : 'MISSED'}  import: ${medianMs.toFixed(1)} ms, median of ${RUNS} processes (goal at most 45)`,
  );
}

function importMedian(file: string): number {
  const code = `globalThis.awslambda={streamifyResponse:f=>f,HttpResponseStream:{from:s=>s}};const t=performance.now();await import(${JSON.stringify(pathToFileURL(file).href)});process.stdout.write(String(performance.now()-t),()=>process.exit(0))`;
  const times = Array.from({ length: RUNS }, () =>
    Number(
      execFileSync(process.execPath, ['--input-type=module', '-e', code], {
        encoding: 'utf8',
        env: { ...process.env, ...ENVIRONMENT, AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
      }),
    ),
  );
  return times.sort((a, b) => a - b)[Math.floor(RUNS / 2)]!;
}
