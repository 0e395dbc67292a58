/** Where a thread's code is: beside the bundle when built, beside the module that asks (`self`) otherwise. */
export function workerUrl(
  name: 'worker' | 'checkpoint-worker' | 'batches-worker',
  self: string = import.meta.url,
): URL {
  if (self.endsWith('.ts')) return new URL(`./${name}-dev.mjs`, self);
  return new URL(`./embedded-${name}.${self.endsWith('.mjs') ? 'mjs' : 'js'}`, self);
}
