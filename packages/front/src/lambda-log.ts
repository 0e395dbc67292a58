/** Tells a failure as one JSON line, by its name and message alone: a cause may quote what somebody asked. */
export function createLambdaLog(write: (line: string) => void): (error: unknown, requestId: string) => void {
  return (error, requestId) =>
    write(
      JSON.stringify({
        level: 'error',
        requestId,
        message: error instanceof Error ? error.message : 'unknown',
        name: error instanceof Error ? error.name : undefined,
      }),
    );
}
