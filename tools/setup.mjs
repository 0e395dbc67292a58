// Makes a fresh checkout ready, with nothing but Node and npm; does nothing when it already is. `--test` also finds a browser for the tests.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const say = (text) => process.stderr.write(`  ${text}\n`);

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  say(`Plinth needs Node 20.19 or newer; this is ${process.versions.node}. Install a newer one from nodejs.org.`);
  process.exit(1);
}

/** Packages are current when they were installed from this very lock file by this Node. */
function installPackages() {
  const lock = readFileSync(join(root, 'package-lock.json'));
  const stamp = createHash('sha256')
    .update(lock)
    .update(process.version)
    .update(process.platform + process.arch)
    .digest('hex');
  const stampFile = join(root, 'node_modules/.plinth-setup');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === stamp) return;
  say('Installing packages (once, about a minute)');
  const result = spawnSync('npm', ['ci', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (result.status !== 0) {
    say('npm ci failed. Check the network and the messages above, then run the same command again.');
    process.exit(result.status ?? 1);
  }
  writeFileSync(stampFile, stamp);
}

const CHROMIUM_PLACES = [
  process.env.PLINTH_CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];

/** The browser tests use a Chromium or Chrome that is there; on Debian as root one is installed. Without one those tests say so and skip. */
function findBrowser() {
  if (CHROMIUM_PLACES.some((place) => place !== undefined && existsSync(place))) return;
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    say('Installing Chromium for the browser tests');
    try {
      execFileSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
      execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], {
        stdio: 'ignore',
        timeout: 600_000,
      });
      return;
    } catch {
      say('apt-get could not install it.');
    }
  }
  say('No Chromium or Chrome found: the browser tests will be skipped. Set PLINTH_CHROMIUM to one to run them.');
}

/** The tests with a real model need its weights. Without them those tests say so. */
function fetchModel() {
  const fetched = spawnSync(process.execPath, ['--import', 'tsx', 'packages/local/src/fetch-weights.ts'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (fetched.status !== 0) say('The tests that need the model will fail or be left out.');
}

requireNode();
mkdirSync(join(root, '.plinth'), { recursive: true, mode: 0o700 });
installPackages();
if (process.argv.includes('--test')) {
  findBrowser();
  fetchModel();
}
