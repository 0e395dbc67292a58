// Nx targets and tags, inferred from what a project's folder holds, so that a new project needs no Nx configuration of its own.
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The layer a project belongs to: what module-boundary lint goes by. */
function layerOf(root) {
  const [area, name] = root.split('/');
  if (area === 'packages') return name;
  return { services: 'service', stacks: 'stack', policies: 'policies', tests: 'test' }[area];
}

function hasFile(folder, matches) {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).some(
    (entry) => entry.isFile() && !entry.parentPath.includes('node_modules') && matches(entry.name),
  );
}

function targetsOf(root, workspaceRoot) {
  const folder = join(workspaceRoot, root);
  const up = root
    .split('/')
    .map(() => '..')
    .join('/');
  const run = (command, extra = {}) => ({
    executor: 'nx:run-commands',
    options: { command, cwd: root },
    cache: true,
    inputs: ['default', '^production'],
    outputs: [],
    ...extra,
  });
  const targets = {
    lint: run('eslint .', { inputs: ['default', '{workspaceRoot}/eslint.config.mjs'] }),
    typecheck: run('tsc -p .'),
  };
  // Their tests share nothing but the clouds' SDKs, which take seconds to load: once a worker, not once a file.
  const isolation = ['packages/infra', 'packages/planning', 'policies'].includes(root) ? ' --no-isolate' : '';
  if (hasFile(folder, (name) => /(?<!\.long)\.test\.tsx?$/.test(name)))
    targets.test = run(`vitest run --config ${up}/vitest.config.mjs --root .${isolation}`, {
      dependsOn: ['^build', 'build'],
    });
  if (hasFile(folder, (name) => /\.long\.test\.ts$/.test(name)))
    targets['test-long'] = run(`vitest run --config ${up}/vitest.long.config.mjs --root .`, {
      cache: false,
      dependsOn: ['^build', 'build'],
    });
  if (existsSync(join(folder, 'vite.config.ts')))
    targets.build = run('vite build', { outputs: ['{projectRoot}/dist'] });
  else if (['src/lambda.ts', 'src/api.ts', 'src/sync.ts'].some((entry) => existsSync(join(folder, entry))))
    targets.build = run(`node ${up}/tools/bundle/bundle.mjs`, { outputs: ['{projectRoot}/dist'] });
  if (root.startsWith('stacks/')) {
    const environments = ['dev', 'staging', 'production'];
    const plan = (env) => `node --import tsx ${up}/packages/cli/src/main.ts plan ${root.split('/')[1]} --env ${env}`;
    targets.plan = run('', {
      options: { commands: environments.map(plan), cwd: root, parallel: false },
      // The packs and the planner judge a stack without being imported by it; so does the foundation it reads.
      inputs: [
        'default',
        '^production',
        {
          input: 'production',
          projects: [
            '@plinth/policies',
            '@plinth/planning',
            '@plinth/cli',
            '@plinth/sizing',
            '@plinth/stack-foundation',
          ],
        },
      ],
      dependsOn: ['^build'],
    });
  }
  return targets;
}

export const createNodesV2 = [
  '{packages/*,services/*,stacks/*,policies,tests}/package.json',
  (files, _options, context) => files.map((file) => describe(file, context.workspaceRoot)),
];

function describe(file, workspaceRoot) {
  const root = dirname(file);
  return [
    file,
    { projects: { [root]: { root, tags: [`layer:${layerOf(root)}`], targets: targetsOf(root, workspaceRoot) } } },
  ];
}

export const name = 'plinth';
