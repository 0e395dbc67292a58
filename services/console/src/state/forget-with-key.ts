import { effect, untracked } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

/** What one key saw is gone before another signs in: `forget` is called each time the key changes. */
export function forgetWithKey(key: ReadonlySignal<string | undefined>, forget: () => void): void {
  let last = key.value;
  effect(() => {
    if (key.value === last) return;
    last = key.value;
    untracked(forget);
  });
}
