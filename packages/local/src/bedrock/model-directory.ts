import { PlatformError } from '@plinth/contracts';

/** Model ids the local model answers to beside its own, so that a stack's configuration runs on a laptop as it is. */
export const DEFAULT_ALIASES: readonly string[] = [
  'meta.llama3-2-1b-instruct-v1:0',
  'meta.llama3-2-3b-instruct-v1:0',
  'meta.llama3-1-8b-instruct-v1:0',
  'meta.llama3-3-70b-instruct-v1:0',
];

/** The same for the embedding model. Its vectors have 384 dimensions, whatever the real one's have. */
export const DEFAULT_EMBEDDING_ALIASES: readonly string[] = [
  'amazon.titan-embed-text-v2:0',
  'cohere.embed-english-v3',
  'cohere.embed-multilingual-v3',
];

/** Regions of cross-region inference profiles. */
const PROFILE_PREFIX = /^(?:us|us-gov|eu|apac|jp|au|ca|global)\./;
const MODEL_ARN = /^arn:aws[a-z-]*:bedrock:[a-z0-9-]*:\d*:(?:foundation-model|inference-profile)\/(.+)$/;

/** Which of Bedrock's model ids, inference profiles and ARNs are served here. */
export class ModelDirectory {
  readonly #served: ReadonlySet<string>;

  /** An alias may be a model id, or the whole ARN of an application inference profile, whose id says nothing about its model. */
  constructor(modelId: string, aliases: readonly string[] = DEFAULT_ALIASES) {
    this.#served = new Set([modelId, ...aliases]);
  }

  serves(requested: string): boolean {
    const named = MODEL_ARN.exec(requested)?.[1] ?? requested;
    const bare = named.replace(PROFILE_PREFIX, '');
    return [requested, named, bare].some((id) => this.#served.has(id));
  }

  /** Throws `model_not_found` (ResourceNotFoundException) for what is not served. */
  assertServed(requested: string): void {
    if (this.serves(requested)) return;
    throw new PlatformError(
      'model_not_found',
      `Could not resolve the foundation model from the model identifier ${requested}. Add it to PLINTH_BEDROCK_MODEL_IDS to have the local model answer to it.`,
    );
  }
}
