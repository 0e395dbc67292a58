import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Manifest } from '@plinth/infra';
import { afterAll, beforeAll, beforeEach } from 'vitest';

const run = promisify(execFile);

/** The version of `InferenceCluster`, and the oldest that AWS still supports beside it. */
export const VERSIONS = ['1.35.0', '1.33.0'];

/** Kept between runs, beside what else the checkout fetches. */
const TOOLS = resolve(import.meta.dirname, '../../.plinth/tools/kubernetes-validate-1.37.0');

/**
 * Kubernetes' own schemas, for the tests of the suite it is called in. Where the checker cannot be installed, they are skipped, and say so.
 */
export function apiSchemas() {
  let folder: string;
  let missing: string | undefined;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'plinth-kubernetes-'));
    if (existsSync(join(TOOLS, 'kubernetes_validate'))) return;
    try {
      const wanted = ['-m', 'pip', 'install', '--quiet', '--target', TOOLS, 'kubernetes-validate==1.37.0'];
      await run('python3', wanted, { timeout: 280_000 });
    } catch (error) {
      missing = `kubernetes-validate could not be installed: ${String((error as Error).message).split('\n')[0]}`;
      console.warn(`Manifests are not checked against the API schemas. ${missing}`);
    }
  }, 300_000);

  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Gives back what the API server of that version would refuse. */
  return async function refused(manifests: readonly Manifest[], version: string): Promise<string> {
    const file = join(folder, `${version}.yaml`);
    writeFileSync(file, manifests.map((manifest) => JSON.stringify(manifest)).join('\n---\n'));
    const cli = ['-m', 'kubernetes_validate', '--strict', '-k', version, file];
    const options = { timeout: 60_000, env: { ...process.env, PYTHONPATH: TOOLS } };
    return run('python3', cli, options).then(
      () => '',
      (error: { stdout?: string; stderr?: string }) => `${error.stdout ?? ''}${error.stderr ?? ''}` || 'refused',
    );
  };
}
