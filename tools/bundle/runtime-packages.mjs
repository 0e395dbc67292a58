// Puts the packages that a bundle leaves out beside it, run in the service's folder: those it names, and all that they need, as they are installed
// here. What is then in dist/server runs anywhere that Node of this platform does.
import { cpSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const TO = 'dist/server/node_modules';
const ROOT = join(import.meta.dirname, '../..');
const metafile = JSON.parse(readFileSync('dist/server.json', 'utf8'));
const imported = Object.values(metafile.outputs).flatMap(({ imports }) =>
  imports.filter(({ external }) => external).map(({ path }) => path),
);
const nameOf = (path) =>
  path
    .split('/')
    .slice(0, path.startsWith('@') ? 2 : 1)
    .join('/');

/** Where a package is that is asked for in a folder, as Node looks for it; undefined for an optional one of another platform. */
function find(name, from) {
  for (let folder = from; ; folder = dirname(folder)) {
    const place = join(folder, 'node_modules', name);
    if (existsSync(join(place, 'package.json'))) return place;
    if (folder === ROOT) return undefined;
  }
}

const taken = new Set();
function take(place) {
  if (taken.has(place)) return;
  taken.add(place);
  const { dependencies = {}, optionalDependencies = {} } = JSON.parse(
    readFileSync(join(place, 'package.json'), 'utf8'),
  );
  for (const name of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const needed = find(name, place);
    if (needed !== undefined) take(needed);
    else if (!(name in optionalDependencies)) throw new Error(`${name}, which ${place} needs, is not installed.`);
  }
}

// Packages of Node's own are external too, and are nowhere to be found.
for (const name of new Set(imported.map(nameOf))) {
  const place = find(name, process.cwd());
  if (place !== undefined) take(place);
}

rmSync(TO, { recursive: true, force: true });
for (const place of taken) {
  const within = relative(join(ROOT, 'node_modules'), place);
  if (within.startsWith('..')) throw new Error(`${place} is not at the top of the workspace.`);
  // Packages inside packages are taken for themselves, if anybody needs them.
  const inside = join(place, 'node_modules');
  cpSync(place, join(TO, within), { recursive: true, filter: (source) => !source.startsWith(inside) });
}
console.log(`${TO} ${taken.size} packages`);
