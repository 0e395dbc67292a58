import type { BatchRecordCall, RecordEngine, RecordOutcome } from '../ports/record-engine.ts';

/** What a script is told of a call: the `custom_id`, and how often this record was asked for before. */
export interface ScriptedCall {
  readonly id: string;
  readonly before: number;
  readonly signal: AbortSignal;
}

export type Script = (call: ScriptedCall) => Promise<Partial<RecordOutcome>> | Partial<RecordOutcome>;

/** Answers by a script; what the script leaves open is a 200 that costs a token. Counts calls by `custom_id`. */
export class ScriptedEngine implements RecordEngine {
  readonly calls = new Map<string, number>();
  readonly #script: Script;
  underWay = 0;
  mostUnderWay = 0;

  constructor(script: Script = () => ({})) {
    this.#script = script;
  }

  get total(): number {
    return [...this.calls.values()].reduce((sum, count) => sum + count, 0);
  }

  async run({ line }: BatchRecordCall, { signal }: { readonly signal: AbortSignal }): Promise<RecordOutcome> {
    const id = line.custom_id;
    const before = this.calls.get(id) ?? 0;
    this.calls.set(id, before + 1);
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    try {
      const used = { inputTokens: 1, outputTokens: 1, nanoUsd: 10 };
      return { status: 200, body: { answer: id }, used, ...(await this.#script({ id, before, signal })) };
    } finally {
      this.underWay -= 1;
    }
  }
}
