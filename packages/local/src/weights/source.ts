import type { KnownModel } from './manifest.ts';

export interface WeightsProgress {
  source: string;
  receivedBytes: number;
  totalBytes: number;
}

export interface FetchOptions {
  /** Where to write; the caller checks the sha256 and moves the file into place. */
  target: string;
  signal: AbortSignal;
  onProgress: (progress: WeightsProgress) => void;
}

/** Somewhere a known model's file can be fetched from. To add one, implement this and put it in `locateWeights`'s list. */
export interface WeightsSource {
  /** Shown to people: in progress lines and in the error that lists what went wrong. */
  name: string;
  /** What a person can do when this source fails. */
  remedy: string;
  /** Writes the file to `options.target`; throws an Error with a message for people when it cannot. */
  fetch(model: KnownModel, options: FetchOptions): Promise<void>;
}
