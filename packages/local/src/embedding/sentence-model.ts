import { InferenceSession, Tensor } from 'onnxruntime-node';
import { CLASSIFICATION_ID, createWordPieceTokenizer, SEPARATOR_ID, type WordPieceTokenizer } from '@plinth/tokens';
import { toRuns } from './runs.ts';

/** all-MiniLM-L6-v2 was trained on 256 wordpieces, its two marks included; it would take 512, and get worse. */
export const MAX_TOKENS = 256;

export interface EmbeddedTexts {
  /** All vectors, one after another. */
  values: Float32Array;
  dimensions: number;
  /** Tokens the model read of each text. */
  tokens: number[];
  truncated: boolean[];
}

/** A sentence-transformers model in ONNX form: tokens in, the mean of their hidden states, at unit length, out. One thread. */
export class SentenceModel {
  readonly #session: InferenceSession;
  readonly #tokenizer: WordPieceTokenizer = createWordPieceTokenizer();

  private constructor(session: InferenceSession) {
    this.#session = session;
  }

  static async load(path: string): Promise<SentenceModel> {
    const session = await InferenceSession.create(path, {
      intraOpNumThreads: 1,
      interOpNumThreads: 1,
      executionMode: 'sequential',
      // A thread that waits must not burn the core that the chat model runs on.
      extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
    });
    for (const name of ['input_ids', 'attention_mask'])
      if (!session.inputNames.includes(name)) throw new Error(`the model has no input ${name}`);
    if (!session.outputNames.includes('last_hidden_state'))
      throw new Error('the model has no output last_hidden_state');
    return new SentenceModel(session);
  }

  async embed(texts: readonly string[]): Promise<EmbeddedTexts> {
    const encoded = texts.map((text) => this.#encode(text));
    const result: EmbeddedTexts = {
      values: new Float32Array(),
      dimensions: 0,
      tokens: encoded.map(({ ids }) => ids.length),
      truncated: encoded.map(({ truncated }) => truncated),
    };
    for (const run of toRuns(result.tokens)) {
      const rows = run.map((position) => encoded[position]?.ids ?? []);
      const { values, dimensions } = await this.#run(rows);
      if (result.dimensions === 0) result.values = new Float32Array(texts.length * dimensions);
      result.dimensions = dimensions;
      for (const [row, position] of run.entries())
        result.values.set(values.subarray(row * dimensions, (row + 1) * dimensions), position * dimensions);
    }
    return result;
  }

  #encode(text: string): { ids: number[]; truncated: boolean } {
    const room = MAX_TOKENS - 2;
    const { ids } = this.#tokenizer.encode(text, { maxPieces: room + 1 });
    return { ids: [CLASSIFICATION_ID, ...ids.slice(0, room), SEPARATOR_ID], truncated: ids.length > room };
  }

  /** One vector a row. The longest row comes first. */
  async #run(rows: readonly (readonly number[])[]): Promise<{ values: Float32Array; dimensions: number }> {
    const width = rows[0]?.length ?? 0;
    const ids = new BigInt64Array(rows.length * width);
    const mask = new BigInt64Array(rows.length * width);
    for (const [row, tokens] of rows.entries())
      for (const [column, id] of tokens.entries()) {
        ids[row * width + column] = BigInt(id);
        mask[row * width + column] = 1n;
      }
    const tensor = (data: BigInt64Array) => new Tensor('int64', data, [rows.length, width]);
    const output = await this.#session.run({
      input_ids: tensor(ids),
      attention_mask: tensor(mask),
      ...(this.#session.inputNames.includes('token_type_ids') && {
        token_type_ids: tensor(new BigInt64Array(ids.length)),
      }),
    });
    const states = output['last_hidden_state'];
    const dimensions = states?.dims[2];
    if (states?.type !== 'float32' || dimensions === undefined) throw new Error('the model gave no hidden states');
    return { values: meanOfRows(states.data as Float32Array, { rows, width, dimensions }), dimensions };
  }
}

interface States {
  rows: readonly (readonly number[])[];
  width: number;
  dimensions: number;
}

/** Mean of the hidden states of each row's own tokens, padding left out, scaled to unit length. */
export function meanOfRows(states: Float32Array, { rows, width, dimensions }: States): Float32Array {
  const means = new Float32Array(rows.length * dimensions);
  for (const [row, { length }] of rows.entries()) {
    const mean = means.subarray(row * dimensions, (row + 1) * dimensions);
    const first = row * width * dimensions;
    for (let at = 0; at < length * dimensions; at += 1) {
      const column = at % dimensions;
      mean[column] = (mean[column] ?? 0) + (states[first + at] ?? 0);
    }
    // The division by the number of tokens goes with the length.
    const norm = Math.hypot(...mean) || 1;
    for (let column = 0; column < dimensions; column += 1) mean[column] = (mean[column] ?? 0) / norm;
  }
  return means;
}
