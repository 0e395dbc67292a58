// Lints what no npm linter reads: workflows (actionlint, zizmor), Dockerfiles (hadolint) and shell scripts (shellcheck). Every file of the
// checkout that git does not ignore counts. Ends with 1 when something is wrong, 2 when a linter is not to be had.
import { execFileSync, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { basename, join } from 'node:path';
import { linters } from './linters.mjs';
import { MissingTool, ROOT } from './python-tools.mjs';

const LINT_MS = 300_000;
const SHEBANG = /^#!\s*\/(usr\/bin\/env\s+(-S\s+)?|bin\/|usr\/bin\/)(ba|da|k)?sh\b/;

const files = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
})
  .split('\0')
  .filter((file) => file !== '' && existsSync(join(ROOT, file)));
const workflows = files.filter((file) => /^\.github\/workflows\/[^/]+\.ya?ml$/.test(file));
const dockerfiles = files.filter((file) => /^(Dockerfile|Containerfile)(\..+)?$|\.Dockerfile$/.test(basename(file)));
const scripts = files.filter((file) => file.endsWith('.sh') || (!basename(file).includes('.') && isShell(file)));

let tools;
try {
  tools = linters();
} catch (error) {
  if (!(error instanceof MissingTool)) throw error;
  console.error(`The linters of workflows, Dockerfiles and shell scripts cannot be installed.\n${error.message}`);
  process.exit(2);
}

// What no linter asks for is tested, here and not only with its project: Nx does not know that the test reads workflows.
const vitest = [
  join(ROOT, 'node_modules/vitest/vitest.mjs'),
  'run',
  '--config',
  'vitest.config.mjs',
  '--reporter',
  'dot',
];
const results = [
  lint('actionlint', tools.actionlint, ['-shellcheck', existing(tools.shellcheck), '-pyflakes', ''], workflows),
  // Offline: what it says must not depend on the day. `--strict-collection` makes a file it cannot read an error.
  lint(
    'zizmor',
    tools.zizmor,
    ['--offline', '--no-progress', '--quiet', '--strict-collection', '--pedantic'],
    ['.github'],
  ),
  lint('workflow rules', process.execPath, vitest, ['packages/cli/src/commands/ci-workflows.test.ts']),
  lint('hadolint', tools.hadolint, [], dockerfiles),
  lint('shellcheck', tools.shellcheck, ['--enable=all', '--exclude=SC2250,SC2310,SC2312'], scripts),
];
process.exit(results.every(Boolean) ? 0 : 1);

/** Paths are given from the top, so that findings can be clicked. */
function lint(name, command, options, what) {
  if (what.length === 0) {
    console.log(`·  ${name}: nothing to lint`);
    return true;
  }
  if (!existsSync(command)) {
    console.log(`·  ${name}: not made for this platform, left out`);
    return true;
  }
  const { status, error } = spawnSync(command, [...options, ...what], {
    cwd: ROOT,
    stdio: 'inherit',
    timeout: LINT_MS,
  });
  console.log(
    `${status === 0 ? '✔' : '✖'}  ${name}: ${what.join(' ')}${error === undefined ? '' : ` (${error.message})`}`,
  );
  return status === 0;
}

/** Empty where there is none: actionlint then does without. */
function existing(command) {
  return existsSync(command) ? command : '';
}

function isShell(file) {
  const buffer = Buffer.alloc(64);
  const handle = openSync(join(ROOT, file), 'r');
  try {
    return SHEBANG.test(buffer.toString('utf8', 0, readSync(handle, buffer, 0, buffer.length, 0)));
  } finally {
    closeSync(handle);
  }
}
