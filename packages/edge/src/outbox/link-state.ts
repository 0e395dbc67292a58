/** The link to the centre, as far as is known. */
export interface LinkState {
  readonly up: boolean;
  /** Resolves when it is up, or once `signal` is aborted. */
  whenUp(signal: AbortSignal): Promise<void>;
}
