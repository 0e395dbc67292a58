import type { PlannedResource, PlannedValue } from '../plan.ts';
import { shortType } from '../program/stand-ins.ts';

/** The value at a path, `scalingConfig.maxSize`; `undefined` where there is none. */
export function at(value: PlannedValue | PlannedResource['props'] | undefined, path: string): PlannedValue | undefined {
  let found = value as PlannedValue | undefined;
  for (const key of path.split('.')) {
    if (typeof found !== 'object' || found === null || Array.isArray(found)) return undefined;
    found = (found as Record<string, PlannedValue>)[key];
  }
  return found;
}

/** A number, also where it is written as text; `undefined` for anything else, what is not yet known included. */
export function numberAt(value: Parameters<typeof at>[0], path: string): number | undefined {
  const found = at(value, path);
  const number = typeof found === 'string' && found !== '' ? Number(found) : found;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

export function textAt(value: Parameters<typeof at>[0], path: string): string | undefined {
  const found = at(value, path);
  return typeof found === 'string' ? found : undefined;
}

export function listAt(value: Parameters<typeof at>[0], path: string): readonly PlannedValue[] {
  const found = at(value, path);
  return Array.isArray(found) ? (found as PlannedValue[]) : [];
}

/** True when a value is made of an output of this resource. */
export function refersTo(value: PlannedValue | undefined, { type, name }: PlannedResource): boolean {
  return value !== undefined && JSON.stringify(value).includes(`«${shortType(type)}:${name}.`);
}
