/** Runs a function at the next frame; returns what calls it off. */
export type FrameScheduler = (run: () => void) => () => void;

export interface FrameBatch {
  /** Adds text that arrived at `at`, epoch milliseconds. */
  add(text: string, at: number): void;
  /** Delivers what is held now, so that nothing comes after an answer's end. */
  flush(): void;
}

/** Gathers the text of many small chunks and delivers it at most once a frame, stamped with when the first of it arrived. */
export function createFrameBatch(deliver: (text: string, at: number) => void, schedule: FrameScheduler): FrameBatch {
  let held = '';
  let since = 0;
  let callOff: (() => void) | undefined;

  function flush(): void {
    callOff?.();
    callOff = undefined;
    if (held === '') return;
    const text = held;
    held = '';
    deliver(text, since);
  }

  return {
    add(text, at) {
      if (text === '') return;
      if (held === '') since = at;
      held += text;
      callOff ??= schedule(flush);
    },
    flush,
  };
}

/** The browser's frames. A hidden page gets none, so there a slow timer stands in. */
export const browserFrames: FrameScheduler = (run) => {
  if (document.hidden) {
    const timer = setTimeout(run, 250);
    return () => clearTimeout(timer);
  }
  const frame = requestAnimationFrame(run);
  return () => cancelAnimationFrame(frame);
};
