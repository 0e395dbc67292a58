import { describe, expect, it } from 'vitest';
import { environmentFor, ownerOf } from './environment.ts';

describe('environmentFor', () => {
  it.each([
    [undefined, 'dev', 'dev'],
    [undefined, 'public-chat-staging', 'staging'],
    [undefined, 'production', 'production'],
    ['staging', 'dev', 'staging'],
    ['', 'dev', 'dev'],
  ])('with PLINTH_ENV %s and stack %s it is %s', (explicit, stack, environment) => {
    expect(environmentFor(explicit, stack)).toBe(environment);
  });

  it('holds a stack nobody classified to the strictest rules', () => {
    expect(environmentFor(undefined, 'someones-playground')).toBe('production');
    expect(environmentFor(undefined, '')).toBe('production');
  });

  it('refuses a mistyped PLINTH_ENV instead of guessing', () => {
    expect(() => environmentFor('prod', 'dev')).toThrow(/set it to dev, staging, production/);
  });
});

describe('ownerOf', () => {
  it('reads stack and project out of a URN', () => {
    expect(ownerOf('urn:pulumi:dev::plinth-foundation::aws:kms/key:Key::data')).toEqual({
      stack: 'dev',
      project: 'plinth-foundation',
    });
    expect(ownerOf('nonsense')).toEqual({ stack: '', project: '' });
  });
});
