// Runs Checkov, offline, over a folder of plans in Terraform's JSON: node tools/ci/checkov.mjs FOLDER. Prints what it found as JSON. Ends with
// 2 when Checkov is not to be had. tests/checkov makes such plans of our stacks, and compares.
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { findPython, installOnce, MissingTool, pipInstall } from './python-tools.mjs';

const CHECKOV = '3.3.30';
const RUN_MS = 600_000;
const LARGEST = 256 * 1024 * 1024;

const [folder] = process.argv.slice(2);
if (folder === undefined) fail(1, 'Name a folder of plans: node tools/ci/checkov.mjs FOLDER');
try {
  const python = findPython();
  // 200 MB, and a minute or two the first time.
  const packages = installOnce('checkov', CHECKOV, (fresh) => pipInstall(python, fresh, [`checkov==${CHECKOV}`]));
  const options = ['--framework', 'terraform_plan', '--output', 'json', '--compact', '--skip-download'];
  // `--soft-fail`: findings are for the reader to judge; a status other than 0 means that it did not run.
  const args = ['-m', 'checkov.main', '--directory', resolve(folder), '--soft-fail', ...options];
  const env = { ...process.env, PYTHONPATH: packages, LOG_LEVEL: 'CRITICAL' };
  const { status, stdout, stderr, error } = spawnSync(python, args, {
    env,
    encoding: 'utf8',
    timeout: RUN_MS,
    maxBuffer: LARGEST,
  });
  if (status !== 0) fail(1, `Checkov failed: ${error?.message ?? stderr.trim().split('\n').slice(-5).join('\n')}`);
  process.stdout.write(stdout);
} catch (error) {
  if (!(error instanceof MissingTool)) throw error;
  fail(2, error.message);
}

function fail(status, message) {
  console.error(message);
  process.exit(status);
}
