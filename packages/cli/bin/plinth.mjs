#!/usr/bin/env node
// TypeScript is run as it is: register tsx, then hand over.
import 'tsx/esm';

await import('../src/main.ts');
