import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Imports flow one way; the tags come from the folder a project lives in (tools/nx-plugin.mjs). */
const layers = {
  contracts: [],
  tokens: [],
  policies: [],
  models: ['contracts'],
  stores: ['contracts'],
  sizing: ['contracts'],
  gateway: ['contracts', 'stores', 'models'],
  front: ['contracts', 'stores', 'gateway'],
  retrieval: ['contracts', 'tokens'],
  batching: ['contracts', 'stores'],
  simulation: ['contracts', 'models'],
  edge: ['contracts', 'stores', 'models', 'gateway', 'batching'],
  infra: ['contracts', 'sizing'],
  stack: ['contracts', 'sizing', 'infra'],
  planning: ['contracts', 'sizing', 'infra', 'policies'],
  local: ['contracts', 'tokens'],
  service: ['contracts', 'tokens', 'stores', 'models', 'gateway', 'front', 'retrieval', 'batching', 'edge'],
  cli: ['contracts', 'stores', 'gateway', 'planning', 'local', 'policies', 'retrieval', 'simulation', 'edge'],
  test: ['*'],
};

export default tseslint.config(
  { ignores: ['**/node_modules', '**/dist', '.nx', '.plinth', '**/__fixtures__'] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        {
          enforceBuildableLibDependency: false,
          // A site serves a small model itself, by the very server laptops have, and needs nothing else of a laptop.
          allow: ['@plinth/local/model-server'],
          depConstraints: Object.entries(layers).map(([layer, allowed]) => ({
            sourceTag: `layer:${layer}`,
            onlyDependOnLibsWithTags: allowed.includes('*')
              ? ['*']
              : [layer, ...allowed].map((name) => `layer:${name}`),
          })),
        },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-empty': ['error', { allowEmptyCatch: false }],
      eqeqeq: 'error',
      // TypeScript itself resolves names; the rule knows no Node or browser globals.
      'no-undef': 'off',
    },
  },
  {
    // Tests may reach for whatever they hold to account.
    files: ['**/*.test.ts', '**/*.test.tsx', '**/__fixtures__/**'],
    rules: { '@nx/enforce-module-boundaries': 'off' },
  },
);
