import type { BundledModel } from '@plinth/contracts';

/** The newest envelope of a site, and what tells it from the one before. */
export interface LatestBundle {
  readonly envelope: Uint8Array;
  readonly tag: string;
}

/** Something that an envelope names by its digest. */
export type BundleObject =
  | { readonly kind: 'part'; readonly sha256: string }
  | { readonly kind: 'weights'; readonly model: BundledModel; readonly path: string };

export interface ReadOptions {
  readonly signal: AbortSignal;
}

/**
 * Where bundles come from. Below one folder: `latest.json`, its parts as `parts/<sha256>.json`, and weights as `models/<name>/<path>` where their model
 * does not say otherwise.
 *
 * Everything throws `PlatformError`: `not_found` for what is not there, retryable for what may come right.
 */
export interface BundleSource {
  /** @returns `unchanged` when it is still the one of `tag`; undefined when nothing was ever published. */
  latest(tag: string | undefined, options: ReadOptions): Promise<LatestBundle | 'unchanged' | undefined>;
  /** Bytes from `from` on. They are as they come: whoever reads checks them. */
  open(object: BundleObject, options: ReadOptions & { readonly from: number }): Promise<AsyncIterable<Uint8Array>>;
}

/** Of an object, below the folder that bundles are in. */
export function relativePath(object: BundleObject): string {
  return object.kind === 'part' ? `parts/${object.sha256}.json` : `models/${object.model.name}/${object.path}`;
}
