import { useEffect, useRef, useState } from 'preact/hooks';

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

  useEffect(() => {
    if (pointed === undefined) return undefined;
    const hide = () => setPointed(undefined);
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      // This Escape is for the card alone.
      event.preventDefault();
      hide();
    };
    // What a chip opens takes the card's place at once, or the card would still take the Escape that is for it.
    const onClick = (event: MouseEvent) => {
      if (event.target instanceof Element && event.target.closest('.chip') !== null) hide();
    };
    addEventListener('keydown', onKey, true);
    addEventListener('click', onClick, true);
    addEventListener('scroll', hide, true);
    return () => {
      removeEventListener('keydown', onKey, true);
      removeEventListener('click', onClick, true);
      removeEventListener('scroll', hide, true);
    };
  }, [pointed]);
  useEffect(() => () => clearTimeout(timer.current), []);

  return { pointed, point, keep: () => clearTimeout(timer.current) };
}
