import byModule from './taggable-types.json' with { type: 'json' };

const TAGGABLE: Readonly<Record<string, string>> = byModule;

/** Whether AWS lets a resource of this type carry tags. Generated from the provider's SDK: see scripts/taggable-types.ts. */
export function isTaggable(type: string): boolean {
  const match = /^aws:([^/]+)\/[^:]+:(.+)$/.exec(type);
  if (match === null) return false;
  const [, module = '', name = ''] = match;
  return (TAGGABLE[module] ?? '').split(' ').includes(name);
}
