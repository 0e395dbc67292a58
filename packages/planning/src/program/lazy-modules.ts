/**
 * Imported first. The Pulumi SDK loads the TypeScript compiler and npm's dependency resolver at its start, to turn functions into
 * cloud code. Few programs do that, and loading takes a third of the SDK's start: so both are loaded when first used.
 */
import Module from 'node:module';

const LAZY = new Set(['typescript', '@npmcli/arborist']);
type Load = (request: string, parent: { filename?: string } | undefined, isMain: boolean) => unknown;

const loader = Module as unknown as { _load?: Load };
const load = loader._load;
// `_load` is Node's own, but not promised: without it everything is loaded at once, which is slower and no different.
if (load !== undefined)
  loader._load = (request, parent, isMain) => {
    const from = parent?.filename;
    if (!LAZY.has(request) || from === undefined || !/[\\/]@pulumi[\\/]pulumi[\\/]/.test(from))
      return load(request, parent, isMain);
    return lazily(() => load(request, parent, isMain) as object);
  };

function lazily(loadNow: () => object): object {
  let loaded: object | undefined;
  const target = () => (loaded ??= loadNow());
  return new Proxy(function lazy() {}, {
    // Interop code asks this as a module is required, and copies every key unless told that it need not.
    get: (_, key) => (key === '__esModule' ? true : (Reflect.get(target(), key) as unknown)),
    has: (_, key) => Reflect.has(target(), key),
    apply: (_, self, args) => Reflect.apply(target() as () => unknown, self, args) as unknown,
    construct: (_, args) => Reflect.construct(target() as new () => object, args) as object,
  });
}
