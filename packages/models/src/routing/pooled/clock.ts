/** Time as routing takes it: passed on to the router, which reads no clock of its own. */
export interface RouteClock {
  /** Milliseconds; never goes back. */
  now(): number;
  /** Runs once after so many milliseconds. Gives the way to give it up. */
  after(milliseconds: number, run: () => void): () => void;
}

export const processClock: RouteClock = {
  now: () => performance.now(),
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** Whether so much time passes before `work` is done, however it ends. */
export async function isLate(clock: RouteClock, work: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let giveUp = (): void => undefined;
  const late = new Promise<boolean>((resolve) => {
    giveUp = clock.after(milliseconds, () => resolve(true));
  });
  try {
    return await Promise.race([late, work.then(() => false)]);
  } finally {
    giveUp();
  }
}
