/** Whether a server is there: any answer will do, so it takes no credentials and costs nothing. */
export function httpProbe(url: string): (signal: AbortSignal) => Promise<void> {
  return async (signal) => {
    const response = await fetch(url, { method: 'HEAD', redirect: 'manual', signal });
    await response.body?.cancel();
  };
}
