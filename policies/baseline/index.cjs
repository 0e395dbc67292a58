/* eslint-disable @typescript-eslint/no-require-imports -- the engine loads packs as CommonJS */
// The engine starts every Node.js pack under ts-node, whatever PulumiPolicy.yaml says, and ts-node refuses imports that name
// `.ts` files. So the pack starts as plain JavaScript and hands TypeScript to tsx, as the rest of the workspace does.
require('tsx/cjs');
require('./pack.ts');
