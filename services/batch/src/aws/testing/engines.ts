import type { BatchShard } from '@plinth/contracts';
import type { BatchRecord } from '@plinth/stores/batches';
import { linesOf, type AwsBatch } from './aws-batch.ts';

type Json = Record<string, unknown>;

/** What became of each record, by its place among those asked for; undefined: it is not answered. */
export type Fate = (index: number, said: string) => string | number | undefined;

const echo: Fate = (_, said) => `echo ${said}`;

/**
 * Does what a model invocation job does, by the user guide: reads the shard's file, writes `<job>/<file>.out` of answers in no order and a manifest
 * beside it. A number is an error of that status.
 */
export async function runBedrockJob(aws: AwsBatch, { id }: BatchRecord, shard: BatchShard, fate: Fate = echo) {
  const asked = await linesOf(aws.buckets.input, `shards/${id}/bedrock/${shard.number}.jsonl`);
  const answers = asked.flatMap(({ recordId, modelInput }, index): Json[] => {
    const said = promptOf(modelInput);
    const what = fate(index, said);
    if (what === undefined) return [];
    if (typeof what === 'number')
      return [{ recordId, modelInput, error: { errorCode: what, errorMessage: `refused: ${said}` } }];
    const message = { role: 'assistant', content: [{ text: what }] };
    const usage = { inputTokens: 10, outputTokens: 5, totalTokens: 15 };
    return [{ recordId, modelInput, modelOutput: { output: { message }, stopReason: 'end_turn', usage } }];
  });
  const folder = `parts/${id}/${shard.number}/job123`;
  await put(aws, `${folder}/manifest.json.out`, [{ totalRecordCount: asked.length }]);
  await put(aws, `${folder}/${shard.number}.jsonl.out`, answers.reverse());
  return asked;
}

/** Does what a transform job with the stack's filters does: the model sees the body alone. */
export async function runTransformJob(aws: AwsBatch, { id }: BatchRecord, shard: BatchShard, fate: Fate = echo) {
  const asked = await linesOf(aws.buckets.input, `shards/${id}/transform/${shard.number}.jsonl`);
  const answers = asked.flatMap(({ recordId, body }, index): Json[] => {
    const what = fate(index, promptOf(body));
    return what === undefined ? [] : [{ recordId, SageMakerOutput: completion(String(what)) }];
  });
  await put(aws, `parts/${id}/${shard.number}/${shard.number}.jsonl.out`, answers);
  return asked;
}

/** A chat completion as vLLM writes it. */
export function completion(content: string): Json {
  return {
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 },
  };
}

async function put(aws: AwsBatch, key: string, lines: readonly Json[]): Promise<void> {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  await aws.buckets.output.put(key, Buffer.from(text), { maxBytes: 1e9 });
}

function promptOf(input: unknown): string {
  const { messages } = input as { messages: { content: string | { text: string }[] }[] };
  const content = messages.at(-1)!.content;
  return typeof content === 'string' ? content : content.map(({ text }) => text).join('');
}
