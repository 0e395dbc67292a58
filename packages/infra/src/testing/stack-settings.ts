import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** Configuration out of a `Pulumi.<environment>.yaml`, in the form the runtime takes: maps and lists as JSON. */
export function stackSettings(file: string): Record<string, string> {
  const { config } = parse(readFileSync(file, 'utf8')) as { config: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}
