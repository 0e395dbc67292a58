const TIMEOUT_MS = 5_000;

/** Whether an address answers well. What a container is asked from inside, where no probe reaches. */
export async function isHealthy(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok === true;
}
