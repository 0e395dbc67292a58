/**
 * Rewrites src/taggable-types.json from the installed AWS SDK: the provider declares the output `tagsAll` on exactly the resources that
 * take tags. Run after an upgrade of @pulumi/aws: `node --import tsx policies/scripts/taggable-types.ts`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const sdk = dirname(createRequire(import.meta.url).resolve('@pulumi/aws/package.json'));
const byModule = new Map<string, string[]>();
for (const file of readdirSync(sdk, { recursive: true, encoding: 'utf8' })) {
  if (!file.endsWith('.js') || file.startsWith('node_modules')) continue;
  const text = readFileSync(join(sdk, file), 'utf8');
  const token = /__pulumiType = 'aws:([^/]+)\/[^:]+:([^']+)'/.exec(text);
  if (token === null || !/resourceInputs\["tagsAll"\] = undefined/.test(text)) continue;
  const [, module = '', name = ''] = token;
  byModule.set(module, [...(byModule.get(module) ?? []), name]);
}
const sorted = [...byModule].sort().map(([module, names]) => [module, [...new Set(names)].sort().join(' ')]);
const target = new URL('../src/taggable-types.json', import.meta.url);
writeFileSync(target, `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`);
console.log(`${sorted.length} modules written to src/taggable-types.json`);
