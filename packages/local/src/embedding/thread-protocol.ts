import type { EmbeddedTexts } from './sentence-model.ts';

/** What the engine's thread is started with. */
export interface ThreadData {
  path: string;
}

export interface ThreadRequest {
  job: number;
  texts: readonly string[];
}

/** `ready` comes once, when the model is loaded; then one `done` or `failed` a request, in order. */
export type ThreadMessage =
  | { type: 'ready'; dimensions: number; maxTokens: number }
  | ({ type: 'done'; job: number } & EmbeddedTexts)
  | { type: 'failed'; job: number; message: string };
