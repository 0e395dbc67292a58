import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { Endpoint } from '../api/endpoint.ts';
import { listModels } from '../api/models.ts';
import type { Model } from '../api/models.ts';
import { ApiError } from '../api/problem.ts';
import type { Problem } from '../api/problem.ts';
import type { KeyValueStore } from './preferences.ts';

export type Account =
  | { status: 'signed-out'; problem?: Problem }
  | { status: 'checking' }
  | { status: 'signed-in'; key: string; models: Model[] };

export interface AccountState {
  readonly account: ReadonlySignal<Account>;
  /** Signs in with a key the platform accepts; on failure the account says why. */
  signIn(key: string): Promise<void>;
  /** Signs in with the key this tab still holds, if any. */
  resume(): Promise<void>;
  signOut(problem?: Problem): void;
}

const KEY = 'plinth.key';

/** The key lives in `sessionStorage` only: it goes with the tab, and no other tab or later visit sees it. */
export function createAccount(endpoint: Endpoint, store: KeyValueStore): AccountState {
  const account = signal<Account>({ status: 'signed-out' });

  async function check(key: string): Promise<void> {
    account.value = { status: 'checking' };
    try {
      const models = await listModels(endpoint, key);
      store.setItem(KEY, key);
      account.value = { status: 'signed-in', key, models };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // A key is forgotten when it is refused, kept when the platform could not be asked.
      if (error.problem.remedy === 'sign-in') store.removeItem(KEY);
      account.value = { status: 'signed-out', problem: error.problem };
    }
  }

  return {
    account,
    signIn: (key) => check(key.trim()),
    async resume() {
      const key = store.getItem(KEY);
      if (key !== null) await check(key);
    },
    signOut(problem) {
      store.removeItem(KEY);
      account.value = { status: 'signed-out', ...(problem === undefined ? {} : { problem }) };
    },
  };
}
