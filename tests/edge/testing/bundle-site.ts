import { writeSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  composeBundle,
  digestOf,
  fileSigner,
  openFolderSink,
  openFolderSource,
  publishBundle,
  SiteBundles,
  trustedKey,
} from '@plinth/edge';

/**
 * A site and the author of its bundles in one process, until it is killed: bundles whose every part names their sequence, some of which do not do well.
 * Says which sequence is about to be published.
 */
const [, , root = '', privateKey = '', publicKey = '', first = '1'] = process.argv;
const centre = join(root, 'centre');
let serving = 0;
const site = new SiteBundles({
  folder: join(root, 'site'),
  modelsFolder: join(root, 'models'),
  site: 'lab',
  key: trustedKey(publicKey),
  source: openFolderSource(centre),
  apply: async ({ statement }) => void (serving = statement.sequence),
  problem: async () => (serving % 3 === 0 ? 'Every third is bad.' : undefined),
  onEvent: () => undefined,
  reserveBytes: 0,
  watchMs: 1,
  timers: { now: () => performance.now(), wait: () => Promise.resolve() },
});
await site.open();
await mkdir(root, { recursive: true });
const weights = join(root, 'weights.gguf');
for (let sequence = Number(first); ; sequence++) {
  writeSync(1, `${sequence}\n`);
  await writeFile(weights, `weights of ${sequence}\n`.repeat(10_000));
  const model = { name: 'small', files: [{ path: 'small.gguf', ...(await digestOf(weights)) }] };
  const contents = {
    models: { weights: [model] },
    policy: {},
    keys: { keys: [] },
    budgets: { tenants: [], others: { tokensPerDay: sequence } },
  };
  const now = Date.now();
  const dates = { issuedAt: new Date(now), notAfter: new Date(now + 3_600_000) };
  const composed = await composeBundle({ site: 'lab', sequence, ...dates, contents }, fileSigner(privateKey));
  await publishBundle(composed, openFolderSink(centre), [{ model, files: { 'small.gguf': weights } }]);
  await site.look(new AbortController().signal);
}
