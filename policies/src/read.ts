import { isUnknown, Unknown } from './unknown.ts';
import { hasPlaceholder } from './placeholder.ts';

/** What stands at a path, or the unknown on the way there; `undefined` where nothing does. For shapes no SDK type describes. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const key of path) {
    if (isUnknown(here)) return here;
    if (typeof here !== 'object' || here === null) return undefined;
    here = Reflect.get(here, key);
  }
  return here ?? undefined;
}

/** A list as a list, an unknown as itself; anything else is an empty list. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] | Unknown {
  const found = at(value, ...path);
  if (isUnknown(found)) return found;
  return Array.isArray(found) ? found : [];
}

/** The entries of a map. */
export function entriesAt(
  value: unknown,
  ...path: readonly string[]
): readonly (readonly [string, unknown])[] | Unknown {
  const found = at(value, ...path);
  if (isUnknown(found)) return found;
  return typeof found === 'object' && found !== null && !Array.isArray(found) ? Object.entries(found) : [];
}

/** Known text, or the text a plan knows around an unknown; `undefined` where there is neither. */
export function textOf(value: unknown): string | undefined {
  if (isUnknown(value)) return value.template;
  return typeof value === 'string' ? value : undefined;
}

/**
 * A property that holds JSON text, read. A plan knows the text around unknown parts: each string with such a part becomes an
 * {@link Unknown} of its own, so the rest of the document can be judged. `undefined` where the text is no JSON.
 */
export function readJson(value: unknown): unknown {
  if (typeof value === 'string') return parse(value);
  if (!isUnknown(value)) return value;
  if (value.template === undefined) return value;
  const read = parse(value.template);
  return read === undefined ? value : withUnknowns(read, value.path);
}

function withUnknowns(value: unknown, path: string): unknown {
  if (typeof value === 'string') return hasPlaceholder(value) ? new Unknown(path, [], value) : value;
  if (Array.isArray(value)) return value.map((item, index) => withUnknowns(item, `${path}[${index}]`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withUnknowns(item, `${path}.${key}`)]));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Text that is no JSON is the rule's to judge.
  }
}
