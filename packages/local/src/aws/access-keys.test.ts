import { describe, expect, it } from 'vitest';
import { AccessKeys } from './access-keys.ts';

describe('AccessKeys', () => {
  it('lets anyone in when it was told of nobody', () => {
    expect(() => new AccessKeys(undefined).check('AKIDANY')).not.toThrow();
  });

  it('lets in those it was told of and those it issued, until they expire', () => {
    let now = 0;
    const keys = new AccessKeys(['AKIDLOCAL'], () => now);
    const { accessKeyId, expiresAt } = keys.issue();
    expect(() => keys.check('AKIDLOCAL')).not.toThrow();
    expect(() => keys.check(accessKeyId)).not.toThrow();
    expect(() => keys.check('AKIDSTRANGER')).toThrow(expect.objectContaining({ code: 'invalid_api_key' }));
    now = expiresAt;
    expect(() => keys.check(accessKeyId)).toThrow(expect.objectContaining({ code: 'invalid_token' }));
  });

  it('forgets the oldest key it issued when there are too many', () => {
    const keys = new AccessKeys([]);
    const first = keys.issue().accessKeyId;
    for (let count = 0; count < 1_000; count += 1) keys.issue();
    expect(() => keys.check(first)).toThrow(expect.objectContaining({ code: 'invalid_api_key' }));
  });
});
