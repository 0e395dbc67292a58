import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

/** What an entry imports before anything is called; what it imports late sits in other chunks. */
async function eagerImports(entry: string): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    outdir: 'out',
    write: false,
    metafile: true,
  });
  const first = Object.keys(metafile.outputs).find((path) =>
    metafile.outputs[path]?.entryPoint?.endsWith(entry.slice(2)),
  );
  const packages = new Set<string>();
  const pending = first === undefined ? [] : [first];
  for (let path = pending.pop(); path !== undefined; path = pending.pop())
    for (const { kind, path: imported, external } of metafile.outputs[path]?.imports ?? []) {
      if (kind !== 'import-statement' || imported.startsWith('node:')) continue;
      if (external === true) packages.add(imported);
      else pending.push(imported);
    }
  return [...packages].sort();
}

it('loads no AWS SDK with the bedrock adapter', async () => {
  expect(await eagerImports('./bedrock/index.ts')).toEqual(['@plinth/contracts']);
});

it('loads no AWS SDK with the sagemaker adapter', async () => {
  expect(new Set(await eagerImports('./sagemaker/index.ts'))).toEqual(
    new Set(['@plinth/contracts', 'eventsource-parser']),
  );
});

it('loads no HTTP client with the openai adapter', async () => {
  expect(new Set(await eagerImports('./openai/index.ts'))).toEqual(
    new Set(['@plinth/contracts', 'eventsource-parser']),
  );
});
