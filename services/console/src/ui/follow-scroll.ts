import { useSignalEffect } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Within this many pixels of the end the reader counts as being there. */
const NEAR = 48;

export interface FollowedScroll {
  scroller: RefObject<HTMLDivElement>;
  content: RefObject<HTMLDivElement>;
  /** The reader has scrolled up. */
  away: boolean;
  onScroll: () => void;
  toLatest: () => void;
}

/** Follows what grows while the reader is at its end, and leaves them alone once they scroll up. */
export function useFollowedScroll(live: ReadonlySignal<unknown>): FollowedScroll {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const [away, setAway] = useState(false);

  function follow(): void {
    const box = scroller.current;
    if (box !== null && following.current) box.scrollTop = box.scrollHeight;
  }

  // A new question is always shown, wherever the reader was.
  useSignalEffect(() => {
    if (live.value !== undefined) {
      following.current = true;
      setAway(false);
    }
  });

  useLayoutEffect(() => {
    if (content.current === null) return undefined;
    const growth = new ResizeObserver(follow);
    growth.observe(content.current);
    return () => growth.disconnect();
  }, []);

  return {
    scroller,
    content,
    away,
    onScroll() {
      const box = scroller.current;
      if (box === null) return;
      following.current = box.scrollHeight - box.scrollTop - box.clientHeight <= NEAR;
      setAway(!following.current);
    },
    toLatest() {
      following.current = true;
      setAway(false);
      follow();
    },
  };
}
