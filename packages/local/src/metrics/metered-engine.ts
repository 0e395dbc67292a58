import type { Engine, EngineEvent } from '../engine/engine.ts';
import type { ModelMetrics } from './model-metrics.ts';

const FINISHED_REASONS = { stop: 'stop', stop_sequence: 'stop', length: 'length' } as const;

/** The same engine, with what it does counted: whichever protocol a request came by. */
export function meteredEngine(
  engine: Engine,
  metrics: ModelMetrics,
  now: () => number = () => performance.now(),
): Engine {
  return {
    model: engine.model,
    tokenize: (prompt) => engine.tokenize(prompt),
    load: () => engine.load(),
    close: () => engine.close(),
    generate: (request, signal) => metered(engine.generate(request, signal), metrics, now),
  };
}

async function* metered(
  events: AsyncIterable<EngineEvent>,
  metrics: ModelMetrics,
  now: () => number,
): AsyncGenerator<EngineEvent, void, undefined> {
  const arrived = now();
  let last: number | undefined;
  for await (const event of events) {
    const at = now();
    if (event.type === 'start') metrics.prompt(event.promptTokens);
    else if (event.type === 'end') {
      metrics.end(FINISHED_REASONS[event.reason], event.usage.completionTokens, (at - arrived) / 1_000);
    } else {
      if (last === undefined) metrics.firstText((at - arrived) / 1_000);
      else metrics.nextText((at - last) / 1_000);
      last = at;
    }
    yield event;
  }
}
