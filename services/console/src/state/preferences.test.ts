import { describe, expect, it, vi } from 'vitest';
import { cleanSettings, memoryStore, readSettings, usableStore, writeSettings } from './preferences.ts';

describe('settings', () => {
  it('come back as they were left', () => {
    const store = memoryStore();
    writeSettings(store, { temperature: 0.5, maxTokens: 100, instructions: 'x' });
    expect(readSettings(store)).toEqual({ temperature: 0.5, maxTokens: 100, instructions: 'x' });
  });

  it('fall back to the defaults where they are missing, damaged or out of range', () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const store = memoryStore();
    expect(readSettings(store)).toEqual({ instructions: '' });
    store.setItem('plinth.settings', '{');
    expect(readSettings(store)).toEqual({ instructions: '' });
    store.setItem('plinth.settings', 'null');
    expect(readSettings(store)).toEqual({ instructions: '' });
    expect(cleanSettings({ temperature: 3, maxTokens: 1.5, instructions: 4 })).toEqual({ instructions: '' });
    expect(cleanSettings({ temperature: 0, maxTokens: 1, instructions: '' })).toEqual({
      temperature: 0,
      maxTokens: 1,
      instructions: '',
    });
    vi.restoreAllMocks();
  });

  it('live in memory where the browser stores nothing', () => {
    vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const store = usableStore(() => {
      throw new DOMException('denied', 'SecurityError');
    });
    store.setItem('a', '1');
    expect(store.getItem('a')).toBe('1');
    store.removeItem('a');
    expect(store.getItem('a')).toBeNull();
    vi.restoreAllMocks();
  });
});
