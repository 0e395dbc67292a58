// Starts the worker from its TypeScript source. A worker thread does not inherit tsx from the thread that starts it.
import { register } from 'tsx/esm/api';

register();
await import('./batches-worker.ts');
