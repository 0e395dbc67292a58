import * as z from 'zod';
import { jsonVariable } from '@plinth/contracts';
import { GuardrailDefinition } from './bedrock/guardrail/guardrail-config.ts';

const port = (fallback: number) => z.coerce.number().int().min(0).max(65_535).default(fallback);
const count = (fallback: number, max: number) => z.coerce.number().int().min(1).max(max).default(fallback);
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

/** Environment of `src/server.ts`. */
export const LocalEnvironment = z.object({
  PLINTH_MODEL_HOST: z.string().default('127.0.0.1'),
  /** OpenAI-compatible server; 0 takes any free port. */
  PLINTH_MODEL_PORT: port(8081),
  /** Bedrock runtime; 0 takes any free port. */
  PLINTH_BEDROCK_PORT: port(8082),
  /** SageMaker runtime; 0 takes any free port. */
  PLINTH_SAGEMAKER_PORT: port(8083),
  /** A GGUF file of one's own, in place of the model that is fetched. */
  PLINTH_MODEL_PATH: z.string().min(1).optional(),
  /** The id clients name the model by. @default the known model's id, or the file's name */
  PLINTH_MODEL_ID: z.string().min(1).max(256).optional(),
  /** `off` serves no embeddings and fetches no weights for them; `auto` serves none, and says why, when the weights cannot be had. */
  PLINTH_EMBEDDINGS: z.enum(['on', 'auto', 'off']).default('auto'),
  /** A sentence-transformers model in ONNX form, in place of the one that is fetched. */
  PLINTH_EMBEDDING_MODEL_PATH: z.string().min(1).optional(),
  /** The id clients name the embedding model by. @default the known model's id, or the file's name */
  PLINTH_EMBEDDING_MODEL_ID: z.string().min(1).max(256).optional(),
  /** Most texts waiting to be embedded. */
  PLINTH_EMBEDDING_QUEUE: count(8_192, 1_000_000),
  /** Folder that keeps fetched weights. @default .plinth/models at the top of the workspace */
  PLINTH_MODEL_CACHE: z.string().min(1).optional(),
  /** Requests that run at once. */
  PLINTH_MODEL_SEQUENCES: count(4, 64),
  /** Longest prompt plus completion, tokens. */
  PLINTH_MODEL_CONTEXT: count(4_096, 131_072),
  /** Most requests waiting. */
  PLINTH_MODEL_QUEUE: count(32, 10_000),
  /** CPU threads. @default one less than the cores */
  PLINTH_MODEL_THREADS: count(1, 256).optional(),
  /** `auto` uses a GPU build of llama.cpp where one is installed. */
  PLINTH_MODEL_GPU: z.enum(['auto', 'off']).optional(),
  /** Bedrock model ids and ARNs the local model answers to, separated by commas. */
  PLINTH_BEDROCK_MODEL_IDS: list.optional(),
  /** Access key ids the Bedrock port lets in, separated by commas. @default any */
  PLINTH_BEDROCK_ACCESS_KEY_IDS: list.optional(),
  PLINTH_BEDROCK_GUARDRAILS: z.optional(jsonVariable(z.array(GuardrailDefinition).max(64))),
  /** Names of SageMaker endpoints that the chat model answers on, separated by commas. @default plinth-chat */
  PLINTH_SAGEMAKER_CHAT_ENDPOINTS: list.optional(),
  /** The same for the embedding model. @default plinth-embeddings */
  PLINTH_SAGEMAKER_EMBEDDING_ENDPOINTS: list.optional(),
  /** End when the process that started this one is gone. */
  PLINTH_EXIT_WITH_PARENT: z.stringbool().default(true),
});
export type LocalEnvironment = z.infer<typeof LocalEnvironment>;
