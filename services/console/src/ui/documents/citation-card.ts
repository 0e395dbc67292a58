import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface PointedChip {
  number: number;
  /** Where the card goes, pixels of the window. */
  left: number;
  top: number | undefined;
  bottom: number | undefined;
}

const WIDTH = 352;
const EDGE = 8;
/** Time to move from the chip onto the card, milliseconds. */
const LINGER_MS = 160;

/** Which chip's card is shown: it stays while the pointer is on chip or card, and Escape takes it away (WCAG 2.2, 1.4.13). */
export function usePointedChip() {
  const [pointed, setPointed] = useState<PointedChip | undefined>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  function point(number: number | undefined, chip?: HTMLElement): void {
    clearTimeout(timer.current);
    if (number === undefined || chip === undefined) {
      timer.current = setTimeout(() => setPointed(undefined), LINGER_MS);
      return;
    }
    const box = chip.getBoundingClientRect();
    const width = Math.min(WIDTH, innerWidth - 2 * EDGE);
    const left = Math.max(EDGE, Math.min(box.left - 24, innerWidth - width - EDGE));
    const below = innerHeight - box.bottom > 220;
    setPointed({
      number,
      left,
      top: below ? box.bottom + 4 : undefined,
      bottom: below ? undefined : innerHeight - box.top + 4,
    });
  }

  function hide(): void {
    clearTimeout(timer.current);
    setPointed(undefined);
  }

  // With the card itself, not after the next paint: an Escape in between would be taken for one that is gone.
  useLayoutEffect(() => {
    if (pointed === undefined) return undefined;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      // This Escape is for the card alone.
      event.preventDefault();
      hide();
    };
    addEventListener('keydown', onKey, true);
    addEventListener('scroll', hide, true);
    return () => {
      removeEventListener('keydown', onKey, true);
      removeEventListener('scroll', hide, true);
    };
  }, [pointed]);
  useEffect(() => () => clearTimeout(timer.current), []);

  return { pointed, point, hide, keep: () => clearTimeout(timer.current) };
}
