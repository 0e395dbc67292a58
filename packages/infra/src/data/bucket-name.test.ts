import { expect, it } from 'vitest';
import { bucketPrefix } from './bucket-name.ts';

it.each([
  ['documents', 'plinth-documents-'],
  ['Raw_Input', 'plinth-raw-input-'],
  ['a-name-that-is-much-too-long-for-a-bucket', 'plinth-a-name-that-is-much-too-long-'],
])('begins the name of bucket %s with %s', (name, prefix) => {
  expect(bucketPrefix(name)).toBe(prefix);
  expect(prefix.length).toBeLessThanOrEqual(37);
});
