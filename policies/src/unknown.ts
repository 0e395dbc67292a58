/** The resource and output that an unknown value will come from. */
export interface ValueSource {
  readonly urn: string;
  readonly type: string;
  readonly property: string;
}

/**
 * A value that only creating the resources can tell. `path` says where it sits. A plan also knows where it will come from
 * (`sources`) and the text around it (`template`, with a placeholder for each unknown part); a real preview knows neither.
 */
export class Unknown {
  readonly path: string;
  readonly sources: readonly ValueSource[];
  readonly template: string | undefined;

  constructor(path: string, sources: readonly ValueSource[] = [], template?: string) {
    this.path = path;
    this.sources = sources;
    this.template = template;
  }

  /** True when the whole value is one output of one resource of this type: unknown, yet certain to be what it should be. */
  isOutputOf(type: string): boolean {
    const [source, ...more] = this.sources;
    return more.length === 0 && source?.type === type;
  }
}

export function isUnknown(value: unknown): value is Unknown {
  return value instanceof Unknown;
}

type Leaf = string | number | boolean | bigint | symbol | null | undefined;

/** `T` as a policy sees it: anything in it may not be known yet, and the compiler makes a rule say what it does then. */
export type Revealed<T> = T extends Leaf
  ? T
  : T extends readonly (infer E)[]
    ? readonly (Revealed<E> | Unknown)[]
    : { readonly [K in keyof T]: Revealed<T[K]> | Unknown };

/** What the engine puts in place of an unknown value of each kind (`sdk/go/common/resource/plugin` in pulumi/pulumi). */
const MARKERS: ReadonlySet<unknown> = new Set([
  '04da6b54-80e4-46f7-96ec-b56ff0331ba9',
  '1c4a061d-8072-4f0a-a4cb-0ff528b18fe7',
  '3eeb2bf0-c639-47a8-9e75-3b44932eb421',
  '6a19a0b0-7e62-4c92-b797-7f8e31da9cc2',
  '030794c1-ac77-496b-92df-f27374a8bd58',
  'e48ece36-62e2-4504-bad9-02848725956a',
  'dd056dcd-154b-4c76-9bd3-c8f88648b5ff',
]);

/**
 * Properties as CrossGuard or a plan hands them over, made safe to read: reading an unknown of a CrossGuard proxy throws,
 * which would end a rule before it has said what else is wrong. So this looks behind the proxy, at the engine's own markers.
 */
export function reveal(properties: object, path = ''): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(withoutProxy(properties)).map(([key, value]) => [
      key,
      revealValue(value, path === '' ? key : `${path}.${key}`),
    ]),
  );
}

function revealValue(value: unknown, path: string): unknown {
  if (MARKERS.has(value)) return new Unknown(path);
  if (value === null) return undefined; // The engine's way to say that nothing is set.
  if (typeof value !== 'object') return value;
  const plain = withoutProxy(value);
  if (plain instanceof Unknown) return new Unknown(path, plain.sources, plain.template);
  if (Array.isArray(plain)) return plain.map((item: unknown, index) => revealValue(item, `${path}[${index}]`));
  const prototype: unknown = Object.getPrototypeOf(plain);
  // Assets, archives and other class instances are handed on whole.
  return prototype === Object.prototype || prototype === null ? reveal(plain, path) : plain;
}

/** CrossGuard's proxies answer this key with the object they wrap. */
function withoutProxy(value: object): object {
  const target: unknown = Reflect.get(value, '__getSpecialProxyTarget');
  return typeof target === 'object' && target !== null ? target : value;
}
