/** Where a thread's code is: beside the bundle when built, from source otherwise. */
export function workerUrl(name: 'worker' | 'checkpoint-worker'): URL {
  const self = import.meta.url;
  if (self.endsWith('.ts')) return new URL(`./${name}-dev.mjs`, self);
  return new URL(`./embedded-${name}.${self.endsWith('.mjs') ? 'mjs' : 'js'}`, self);
}
