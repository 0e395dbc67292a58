import type { Environment } from './environment.ts';

/** The licence record of a model: what it is, on what terms it may be used, and where it has been approved to run. */
export interface ModelRecord {
  /** Bedrock model id without the Region scope an inference profile puts before it, or the tag `model-id` of a model we host. */
  readonly id: string;
  readonly license: string;
  /** The provider's model card: intended use, limits, evaluation. */
  readonly card: string;
  readonly approvedIn: readonly Environment[];
}

const EVERYWHERE: readonly Environment[] = ['dev', 'staging', 'production'];
const NOVA_CARD = 'https://docs.aws.amazon.com/ai/responsible-ai/nova-micro-lite-pro/overview.html';
const CLAUDE_CARDS = 'https://www.anthropic.com/system-cards';

/** Approving a model is a change of this list: who asked, who agreed and when stay in the repository's history. */
export const MODEL_RECORDS: readonly ModelRecord[] = [
  { id: 'amazon.nova-micro-v1:0', license: 'AWS Service Terms', card: NOVA_CARD, approvedIn: EVERYWHERE },
  { id: 'amazon.nova-lite-v1:0', license: 'AWS Service Terms', card: NOVA_CARD, approvedIn: EVERYWHERE },
  { id: 'amazon.nova-pro-v1:0', license: 'AWS Service Terms', card: NOVA_CARD, approvedIn: EVERYWHERE },
  {
    id: 'amazon.titan-embed-text-v2:0',
    license: 'AWS Service Terms',
    card: 'https://docs.aws.amazon.com/ai/responsible-ai/titan-text-embeddings/overview.html',
    approvedIn: EVERYWHERE,
  },
  {
    id: 'amazon.rerank-v1:0',
    license: 'AWS Service Terms',
    card: 'https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-supported.html',
    approvedIn: EVERYWHERE,
  },
  {
    id: 'cohere.rerank-v3-5:0',
    license: 'Cohere Terms of Use',
    card: 'https://docs.cohere.com/reference/rerank',
    approvedIn: EVERYWHERE,
  },
  {
    id: 'anthropic.claude-haiku-4-5-20251001-v1:0',
    license: 'Anthropic Commercial Terms of Service',
    card: CLAUDE_CARDS,
    approvedIn: EVERYWHERE,
  },
  {
    id: 'meta.llama3-1-8b-instruct-v1:0',
    license: 'Llama 3.1 Community License',
    card: 'https://github.com/meta-llama/llama-models/blob/main/models/llama3_1/MODEL_CARD.md',
    approvedIn: ['dev', 'staging'],
  },
  // Open weights, hosted by ourselves.
  {
    id: 'HuggingFaceTB/SmolLM2-135M-Instruct',
    license: 'Apache-2.0',
    card: 'https://huggingface.co/HuggingFaceTB/SmolLM2-135M-Instruct',
    approvedIn: EVERYWHERE,
  },
  {
    id: 'mistralai/Mistral-7B-Instruct-v0.3',
    license: 'Apache-2.0',
    card: 'https://huggingface.co/mistralai/Mistral-7B-Instruct-v0.3',
    approvedIn: EVERYWHERE,
  },
  { id: 'Qwen/Qwen3-8B', license: 'Apache-2.0', card: 'https://huggingface.co/Qwen/Qwen3-8B', approvedIn: EVERYWHERE },
  {
    id: 'meta-llama/Llama-3.1-8B-Instruct',
    license: 'Llama 3.1 Community License',
    card: 'https://huggingface.co/meta-llama/Llama-3.1-8B-Instruct',
    approvedIn: ['dev', 'staging'],
  },
];

const SCOPED = /^(us|us-gov|eu|apac|jp|au|ca|global)\./;

/**
 * The model id named by a model id, a foundation-model ARN or a system-defined inference profile (id or ARN). `undefined` for anything
 * else, as an application inference profile, whose ARN does not tell its model.
 */
export function modelIdOf(text: string): string | undefined {
  const [, kind, name] = /^(?:arn:[^:]*:bedrock:[^:]*:[^:]*:([a-z-]+)\/)?([^/]+)$/.exec(text) ?? [];
  if (name === undefined || name.startsWith('arn:')) return undefined;
  if (kind === undefined || kind === 'inference-profile') return name.replace(SCOPED, '');
  return kind === 'foundation-model' ? name : undefined;
}

export function recordOf(records: readonly ModelRecord[], modelId: string): ModelRecord | undefined {
  return records.find((record) => record.id === modelId);
}
