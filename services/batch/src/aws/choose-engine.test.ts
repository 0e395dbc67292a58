import { ManualClock } from '@plinth/stores/testing/manual-clock';
import { aBatch } from '@plinth/stores/testing';
import { describe, expect, it } from 'vitest';
import { chooseEngine } from './choose-engine.ts';
import { MIDDAY, MODEL } from './testing/aws-batch.ts';

const HOUR = 3_600_000;
const clock = new ManualClock(MIDDAY);
const worstCase = { inputTokens: 1_000, outputTokens: 500, nanoUsd: 0 };
const choose = (more: { engine?: string; hours?: number; records?: number; model?: string } = {}) =>
  chooseEngine(
    { catalog: [MODEL], clock },
    aBatch({
      expiresAt: MIDDAY + (more.hours ?? 24) * HOUR,
      request: {
        input_file_id: 'file-1',
        endpoint: '/v1/chat/completions',
        completion_window: '24h',
        ...(more.engine && { plinth: { engine: more.engine } }),
      },
    }),
    { model: more.model ?? MODEL.id, records: more.records ?? 10, worstCase },
  );

describe('the engine of a batch', () => {
  it('is the cheapest that is through in time, and the worst case is at its price', () => {
    expect(choose()).toMatchObject({ engine: 'bedrock', worstCase: { nanoUsd: 1_000 * 1_000 + 500 * 2_000 } });
    // Bedrock may take an hour to begin.
    expect(choose({ hours: 0.5 })).toMatchObject({ engine: 'transform' });
  });

  it('is the one that was asked for', () => {
    expect(choose({ engine: 'spot' })).toMatchObject({ engine: 'spot', reasons: ['spot was asked for.'] });
  });

  it.each([{ engine: 'embedded' }, { model: 'unknown' }])('is none where nothing runs it: %j', (more) => {
    expect(() => choose(more)).toThrow(expect.objectContaining({ code: 'invalid_request' }) as Error);
  });
});
