/** The two browser stores, as far as the page uses them. */
export type KeyValueStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** A store for when the browser gives none (blocked site data): what is kept lasts as long as the page. */
export function memoryStore(): KeyValueStore {
  const entries = new Map<string, string>();
  return {
    getItem: (name) => entries.get(name) ?? null,
    setItem: (name, value) => void entries.set(name, value),
    removeItem: (name) => void entries.delete(name),
  };
}

/** The browser's store if it really stores, else one in memory. */
export function usableStore(open: () => Storage): KeyValueStore {
  try {
    const store = open();
    const probe = 'plinth.probe';
    store.setItem(probe, '1');
    store.removeItem(probe);
    return store;
  } catch (error) {
    console.warn('This browser stores nothing for the page; choices last until it is closed.', error);
    return memoryStore();
  }
}

/** How the next question is asked. Unset leaves the choice to the model. */
export interface Settings {
  temperature?: number;
  /** Longest answer, tokens. */
  maxTokens?: number;
  instructions: string;
}

export const DEFAULT_SETTINGS: Settings = { instructions: '' };
const SETTINGS = 'plinth.settings';

/** Settings as they were left, or the defaults where they are missing or damaged. */
export function readSettings(store: KeyValueStore): Settings {
  const text = store.getItem(SETTINGS);
  if (text === null) return DEFAULT_SETTINGS;
  try {
    return cleanSettings(JSON.parse(text) as Partial<Record<keyof Settings, unknown>> | null);
  } catch (error) {
    console.warn('Kept settings could not be read; defaults are used.', error);
    return DEFAULT_SETTINGS;
  }
}

export function writeSettings(store: KeyValueStore, settings: Settings): void {
  store.setItem(SETTINGS, JSON.stringify(settings));
}

/** Takes what the API would take, and leaves out the rest: temperature 0 to 2, max tokens a whole number from 1 to a million. */
export function cleanSettings(given: Partial<Record<keyof Settings, unknown>> | null): Settings {
  const { temperature, maxTokens, instructions } = given ?? {};
  return {
    ...(typeof temperature === 'number' && temperature >= 0 && temperature <= 2 ? { temperature } : {}),
    ...(typeof maxTokens === 'number' && Number.isInteger(maxTokens) && maxTokens >= 1 && maxTokens <= 1_000_000
      ? { maxTokens }
      : {}),
    instructions: typeof instructions === 'string' ? instructions.slice(0, 20_000) : '',
  };
}
