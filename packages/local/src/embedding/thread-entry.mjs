// A worker thread does not inherit a TypeScript loader that its process was given, and under a test runner there is none.
import { register } from 'tsx/esm/api';

register();
await import('./thread.ts');
