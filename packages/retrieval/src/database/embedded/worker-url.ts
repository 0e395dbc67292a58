/** Where the database thread's code is: beside the bundle when built, from source otherwise. */
export function workerUrl(): URL {
  const self = import.meta.url;
  if (self.endsWith('.ts')) return new URL('./worker-dev.mjs', self);
  return new URL(`./retrieval-database-worker.${self.endsWith('.mjs') ? 'mjs' : 'js'}`, self);
}
