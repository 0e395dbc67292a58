// Runs the engine over stacks of one environment, with both policy packs: node tools/ci/pulumi.mjs preview|up <environment> [stack...]
// `preview` goes on after a failure, so that all are shown; `up` stops, so that nothing is built on what failed. The foundation is an
// administrator's to deploy and is only ever previewed here.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const ENVIRONMENTS = ['dev', 'staging', 'production'];
const PACKS = ['baseline', 'genai'].flatMap((pack) => ['--policy-pack', join(ROOT, 'policies', pack)]);
const [operation, environment, ...asked] = process.argv.slice(2);
const known = readdirSync(join(ROOT, 'stacks')).filter((name) => existsSync(join(ROOT, 'stacks', name, 'index.ts')));

if (operation !== 'preview' && operation !== 'up') fail('Say preview or up.');
if (!ENVIRONMENTS.includes(environment)) fail(`Name an environment: ${ENVIRONMENTS.join(', ')}.`);
for (const stack of asked) if (!known.includes(stack)) fail(`There is no stack "${stack}": ${known.join(', ')}.`);

const stacks = (asked.length > 0 ? asked : known).filter((stack) => operation === 'preview' || stack !== 'foundation');
const failed = [];
for (const stack of stacks) {
  const { folder, project } = projectOf(stack);
  const name = `${process.env.PULUMI_ORGANIZATION || 'organization'}/${project}/${environment}`;
  console.log(`\n== pulumi ${operation} ${name}`);
  if (operation === 'preview' && !exists(name, folder)) {
    console.log(`Left out: it is not deployed yet. Create it first: pulumi stack init ${name}`);
    continue;
  }
  const how = operation === 'up' ? ['--yes', '--skip-preview'] : ['--diff'];
  const args = [operation, '--non-interactive', '--stack', name, ...how, ...PACKS];
  if (pulumi(args, folder, 'inherit').status === 0) continue;
  failed.push(stack);
  if (operation === 'up') break;
}
if (failed.length > 0) fail(`pulumi ${operation} failed: ${failed.join(', ')}.`);

/** The project of a stack: its own, or the one at the top whose program it is. */
function projectOf(stack) {
  const own = join(ROOT, 'stacks', stack);
  const folder = existsSync(join(own, 'Pulumi.yaml')) ? own : ROOT;
  const [, project] = /^name: *['"]?([\w.-]+)/m.exec(readFileSync(join(folder, 'Pulumi.yaml'), 'utf8')) ?? [];
  if (project === undefined) fail(`${join(folder, 'Pulumi.yaml')} has no name.`);
  return { folder, project };
}

/** Only "no such stack" is an answer; anything else, such as no access, is an error of its own. */
function exists(name, folder) {
  const { status, stderr } = pulumi(['stack', '--non-interactive', '--stack', name, '--show-name'], folder, 'pipe');
  if (status === 0) return true;
  if (/no stack named/.test(stderr)) return false;
  return fail(stderr.trim());
}

function pulumi(args, cwd, output) {
  const env = { ...process.env, PLINTH_ENV: environment, PULUMI_SKIP_UPDATE_CHECK: 'true' };
  const result = spawnSync('pulumi', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', output, output] });
  if (result.error !== undefined) fail(`pulumi cannot be run: ${result.error.message}`);
  return result;
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
