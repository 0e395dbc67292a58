import type * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';

/** The server inside the container. Both are started, watched and drained by the entry point of `services/vllm`. */
export type Engine = VllmEngine | TgiEngine;

export interface VllmEngine {
  readonly kind: 'vllm';
  /** Tokens of prompt and answer together that one request may hold. Memory and cost follow it, so there is no default. */
  readonly maxModelLen: number;
  /** Flags for `vllm serve`, as in `['--enable-prefix-caching']`. Those that run a model's own code are refused. @default none */
  readonly flags?: readonly string[];
}

/** Hugging Face TGI, for models that already run on it: it is in maintenance, so begin new ones on vLLM. */
export interface TgiEngine {
  readonly kind: 'tgi';
  /** Tokens of a prompt. */
  readonly maxInputTokens: number;
  /** Tokens of prompt and answer together. */
  readonly maxTotalTokens: number;
  /** Flags for `text-generation-launcher`. @default none */
  readonly flags?: readonly string[];
}

/** Weights, and the digest that says they are the right ones. */
export interface ModelWeights {
  /** Name callers use, for example `llama-3.1-8b-instruct`. */
  readonly name: string;
  /** `s3://bucket/prefix`, or an absolute path that a volume is mounted at. Holds a `SHA256SUMS` file. */
  readonly source: pulumi.Input<string>;
  /** SHA-256 of that `SHA256SUMS` file, in hexadecimal: one digest for the whole model. */
  readonly digest: pulumi.Input<string>;
}

export interface ServingSettings {
  readonly engine: Engine;
  readonly model: ModelWeights;
  /** GPUs one model is spread over. @default 1 */
  readonly gpus?: number;
  /** Seconds running answers may take once the container is told to stop. */
  readonly drainSeconds: number;
}

/** Where the container answers: requests and Prometheus metrics on one port, `/ready` and `/live` on the other. */
export const SERVING_PORT = 8000;
export const HEALTH_PORT = 8001;
/** The user and group in the image, by number, so that Kubernetes can see that it is not root. */
export const SERVING_USER = 65532;
/** Where weights are kept, and what else a read-only root file system leaves writable. */
export const MODELS_PATH = '/models';
export const SCRATCH_PATH = '/scratch';

/** Where each engine looks for the key that callers must show, if there is one. */
export const API_KEY_VARIABLE = { vllm: 'VLLM_API_KEY', tgi: 'API_KEY' } as const satisfies Record<
  Engine['kind'],
  string
>;

const CODE_FROM_THE_MODEL = /^--trust[-_]remote[-_]code\b/;
const OURS =
  /^--(max[-_]model[-_]len|max[-_](input|total)[-_](tokens|length)|host|hostname|port|api[-_]key|model([-_]id)?)\b/;

/**
 * The container's environment, as `services/vllm/entrypoint.py` reads it.
 *
 * @throws {StackError} for flags that run code out of the model, or that repeat a setting made here, and for limits that contradict.
 */
export function servingEnvironment(settings: ServingSettings): Record<string, pulumi.Input<string>> {
  const { engine, model, gpus, drainSeconds } = settings;
  for (const flag of engine.flags ?? []) {
    if (CODE_FROM_THE_MODEL.test(flag))
      throw new StackError(
        `${flag} would run code that comes with the weights. Choose a model that ${engine.kind} knows itself.`,
      );
    if (OURS.test(flag))
      throw new StackError(`Leave ${flag} out of the flags: it is set from the component's own arguments.`);
  }
  return {
    ENGINE: engine.kind,
    ...limits(engine),
    MODEL_SOURCE: model.source,
    MODEL_DIGEST: model.digest,
    SERVED_MODEL_NAME: model.name,
    TENSOR_PARALLEL_SIZE: String(gpus ?? 1),
    DRAIN_TIMEOUT_SECONDS: String(drainSeconds),
    ENGINE_FLAGS: JSON.stringify(engine.flags ?? []),
  };
}

function limits(engine: Engine): Record<string, string> {
  if (engine.kind === 'vllm') {
    positive('maxModelLen', engine.maxModelLen);
    return { MAX_MODEL_LEN: String(engine.maxModelLen) };
  }
  positive('maxInputTokens', engine.maxInputTokens);
  if (engine.maxTotalTokens <= engine.maxInputTokens)
    throw new StackError('Set maxTotalTokens above maxInputTokens: the difference is what an answer may hold.');
  return { MAX_INPUT_TOKENS: String(engine.maxInputTokens), MAX_MODEL_LEN: String(engine.maxTotalTokens) };
}

function positive(name: string, value: number): void {
  if (!Number.isInteger(value) || value < 1)
    throw new StackError(`Set ${name} to a whole number of tokens above zero.`);
}
