import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openFolderSource, SiteBundles, trustedKey, type ActiveBundle } from '@plinth/edge';
import { readModelFiles } from '@plinth/edge/model-files';
import { runAndKill } from '@plinth/stores/testing/run-and-kill';
import { afterAll, expect, it } from 'vitest';

const KILLS = 20;
const SITE = join(import.meta.dirname, 'testing/bundle-site.ts');
const keys = generateKeyPairSync('ed25519');
const privateKey = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const publicKey = keys.publicKey.export({ type: 'spki', format: 'pem' }).toString();

const root = await mkdtemp(join(tmpdir(), 'plinth-bundle-kills-'));
afterAll(() => rm(root, { recursive: true, force: true }));

/** The site as it comes up again, without its centre. */
async function comeUp(): Promise<{ applied: ActiveBundle[]; site: SiteBundles }> {
  const applied: ActiveBundle[] = [];
  const site = new SiteBundles({
    folder: join(root, 'site'),
    modelsFolder: join(root, 'models'),
    site: 'lab',
    key: trustedKey(publicKey),
    source: openFolderSource(join(root, 'nowhere')),
    apply: async (bundle) => void applied.push(bundle),
    problem: async () => undefined,
    onEvent: () => undefined,
    reserveBytes: 0,
  });
  await site.open();
  return { applied, site };
}

it(`killed ${KILLS} times while bundles come, fail and are taken back, a site always comes up with one of them, whole`, async () => {
  let sequence = 1;
  let latest = 0;
  for (let kill = 1; kill <= KILLS; kill++) {
    // It says a few bytes a bundle, and is killed a moment after the one that was drawn.
    const bytes = 4 + Math.floor(Math.random() * 120);
    const args = ['--import', 'tsx', SITE, root, privateKey, publicKey, String(sequence)];
    const said = await runAndKill(args, join(root, 'said'), bytes);
    const began = Number(said.at(-1));
    const { applied, site } = await comeUp();
    const bundle = applied.at(-1);
    if (bundle !== undefined) {
      const { statement, contents } = bundle;
      expect(contents.budgets.others).toEqual({ tokensPerDay: statement.sequence });
      const [file] = (await readModelFiles(join(root, 'models'), 'small'))!;
      expect(await readFile(file!.path, 'utf8')).toBe(`weights of ${statement.sequence}\n`.repeat(10_000));
      // What was in force is never undone by a crash, but for what had yet to prove itself.
      expect(statement.sequence).toBeGreaterThanOrEqual(latest);
      expect(statement.sequence).toBeLessThanOrEqual(began);
      if (site.status().proven) latest = statement.sequence;
    }
    sequence = began + 1;
  }
  expect(latest).toBeGreaterThan(KILLS);
});
