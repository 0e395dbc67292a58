import { useEffect, useState } from 'preact/hooks';

/** Draws the component again once a second while anybody can see it, for the times in it. */
export function useTick(): void {
  const [, setTicks] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) setTicks((ticks) => ticks + 1);
    }, 1_000);
    return () => clearInterval(timer);
  }, []);
}
