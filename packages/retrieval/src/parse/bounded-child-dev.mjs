// Starts the child from its TypeScript source.
import { register } from 'tsx/esm/api';

register();
await import('./bounded-child.ts');
