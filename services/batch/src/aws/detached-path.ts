import type { BatchRecordCall, RecordOutcome } from '@plinth/batching';
import { PlatformError, type CatalogModel } from '@plinth/contracts';
import type { Guard } from '@plinth/gateway';
import { createRouter } from '@plinth/gateway';
import type { ModelClient, ModelEvent } from '@plinth/models';
import { GovernedEngine, type GovernedEngineOptions } from '../work/governed-engine.ts';
import type { Tongue } from './engines/tongue.ts';

export interface DetachedPathOptions extends Omit<GovernedEngineOptions, 'router' | 'guard' | 'onUsed'> {
  readonly model: CatalogModel;
  readonly tongue: Tongue;
  /** Before the model, and after it. What costs money to be asked need not be asked about a prompt twice. */
  readonly guards: { readonly asking: Guard; readonly answering: Guard };
}

/** What the model is to be asked, as its engine's files have it; or the refusal that is all there will be. */
export type Asked = { readonly body: string } | { readonly outcome: RecordOutcome };

const ELSEWHERE = new PlatformError('internal', 'The model is asked elsewhere, and later.');

/**
 * The path of a chat request around a model that is reached by files: walked once up to the model, and once more, hours later, with the answer in
 * hand. What refuses a request refuses it here, in the same words and with the same audit record.
 */
export class DetachedPath {
  readonly #options: DetachedPathOptions;

  constructor(options: DetachedPathOptions) {
    this.#options = options;
  }

  /** Throws what may help again. */
  async ask(call: BatchRecordCall, signal: AbortSignal): Promise<Asked> {
    const { tongue, audit, observe, guards } = this.#options;
    let body: string | undefined;
    const engine = this.#engine(guards.asking, {
      stream: (request) => {
        try {
          body = tongue.body(request);
          return failing(ELSEWHERE);
        } catch (error) {
          return failing(PlatformError.from(error));
        }
      },
      // What is only asked is not decided yet: the answer's record tells of both.
      audit: { append: (records) => (body === undefined ? audit.append(records) : Promise.resolve()) },
      observe: (summary) => {
        if (body === undefined) observe(summary);
      },
    });
    try {
      return { outcome: await engine.run(call, { signal }) };
    } catch (error) {
      if (body !== undefined) return { body };
      throw error;
    }
  }

  /** What becomes of a record with the model's answer. Throws what the answer failed with. */
  answer(call: BatchRecordCall, events: readonly ModelEvent[], signal: AbortSignal): Promise<RecordOutcome> {
    const { audit, observe, guards } = this.#options;
    const engine = this.#engine(guards.answering, { stream: () => replayed(events), audit, observe });
    return engine.run(call, { signal });
  }

  #engine(
    guard: Guard,
    parts: Pick<ModelClient, 'stream'> & {
      readonly audit: Pick<DetachedPathOptions['audit'], 'append'>;
      readonly observe: DetachedPathOptions['observe'];
    },
  ): GovernedEngine {
    const { model } = this.#options;
    const client: ModelClient = {
      features: new Set(model.features),
      stream: parts.stream,
      countTokens: () => Promise.resolve(undefined),
    };
    const router = createRouter([model], () => client);
    return new GovernedEngine({ ...this.#options, guard, router, audit: parts.audit, observe: parts.observe });
  }
}

async function* replayed(events: readonly ModelEvent[]): AsyncGenerator<ModelEvent> {
  yield* events;
}

async function* failing(error: PlatformError): AsyncGenerator<ModelEvent> {
  yield { type: 'error', error };
}
