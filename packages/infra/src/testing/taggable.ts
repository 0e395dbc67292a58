import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const aws = dirname(createRequire(import.meta.url).resolve('@pulumi/aws/package.json'));

/** Whether AWS's provider takes tags for a type such as `aws:kms/key:Key`, as its own type declarations say. */
export function takesTags(type: string): boolean {
  const module = /^aws:([^:]+):/.exec(type)?.[1];
  if (module === undefined) return false;
  const declared = readFileSync(join(aws, `${module}.d.ts`), 'utf8');
  return /export interface \w+Args \{[^]*?^ {4}tags\?: /m.test(declared);
}
