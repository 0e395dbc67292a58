/** How often to look, milliseconds. */
const INTERVAL_MS = 500;

/**
 * Calls `onGone` once when the process that started this one has ended, however it ended: a killed parent cannot say goodbye, but the
 * system then gives its children another parent (or, on Windows, the id is no longer that of a process).
 */
export function watchParent(onGone: () => void): void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent && isAlive(parent)) return;
    clearInterval(timer);
    onGone();
  }, INTERVAL_MS);
  timer.unref();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, but belongs to someone else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
