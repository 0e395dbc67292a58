import type { Watch } from '../state/polling.ts';

/** A clock that is moved by hand, and a page that is shown and hidden by hand. */
export function fakeWatch() {
  const pauses: number[] = [];
  let listener = () => {};
  let shown = true;
  let wake = () => {};
  const watch: Watch = {
    wait: (milliseconds, signal) => {
      pauses.push(milliseconds);
      return new Promise((resolve) => {
        wake = resolve;
        if (signal.aborted) resolve();
        signal.addEventListener('abort', () => resolve());
      });
    },
    visibility: {
      hidden: () => !shown,
      onChange(given) {
        listener = given;
        return () => (listener = () => {});
      },
    },
  };
  /** Lets everything run that waits for nothing but answers. */
  const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));
  return {
    ...watch,
    /** How long each pause was to be, milliseconds. */
    pauses,
    settle,
    /** Ends the pause that is under way. */
    async step() {
      await settle();
      wake();
      await settle();
    },
    show(next: boolean) {
      shown = next;
      listener();
    },
  };
}
