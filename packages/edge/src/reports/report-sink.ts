/** Where reports go. */
export interface ReportSink {
  /** Resolves when it is sure that the report has been taken. @throws {PlatformError} retryable, whatever went wrong. */
  send(body: string, options: { readonly signal: AbortSignal }): Promise<void>;
}
