import { isUnknown, type Unknown } from './unknown.ts';

/** Tags a provider puts on everything. The engine hands nested provider settings over as JSON text. */
export function providerTags(defaultTags: unknown): Readonly<Record<string, unknown>> | Unknown {
  if (isUnknown(defaultTags)) return defaultTags;
  const settings: unknown = typeof defaultTags === 'string' ? parse(defaultTags) : defaultTags;
  if (typeof settings !== 'object' || settings === null || !('tags' in settings)) return {};
  const { tags } = settings;
  if (isUnknown(tags)) return tags;
  return typeof tags === 'object' && tags !== null ? (tags as Record<string, unknown>) : {};
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not JSON holds no tags.
  }
}
