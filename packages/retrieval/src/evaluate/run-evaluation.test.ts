import { EvaluationConfig, EvaluationResult, PlatformError, type EvaluationQuestion } from '@plinth/contracts';
import { describe, expect, it } from 'vitest';
import type { EvaluatedAnswer } from './answer.ts';
import { runEvaluation, type EvaluationPorts } from './run-evaluation.ts';

const question = (id: string, documentId?: string, groups?: string[]): EvaluationQuestion => ({
  id,
  question: `About ${id}?`,
  relevant: documentId === undefined ? [] : [{ documentId, grade: 1 }],
  ...(groups === undefined ? {} : { groups }),
});
const ANSWER: EvaluatedAnswer = {
  text: 'Leave is 25 days.',
  abstained: false,
  groundedness: 1,
  citations: [{ documentId: 'leave', quote: 'Leave: 25 days.', start: 0, end: 17 }],
  inputTokens: 90,
  outputTokens: 10,
  nanoUsd: 1_000,
};

function ports(more: Partial<EvaluationPorts> = {}): EvaluationPorts & { clock: { at: number }; waits: number[] } {
  const clock = { at: 0 };
  const waits: number[] = [];
  return {
    clock,
    waits,
    search: async () => {
      clock.at += 5;
      return [{ documentId: 'other' }, { documentId: 'leave' }, { documentId: 'leave' }];
    },
    answer: async () => {
      clock.at += 100;
      return ANSWER;
    },
    now: () => clock.at,
    wait: async (ms) => void waits.push(ms),
    ...more,
  };
}

const run = (
  questions: EvaluationQuestion[],
  over: EvaluationPorts,
  config: Partial<EvaluationConfig> = {},
  more: Partial<Parameters<typeof runEvaluation>[2]> = {},
) =>
  runEvaluation(questions, over, {
    groups: ['staff'],
    config: EvaluationConfig.parse(config),
    signal: new AbortController().signal,
    concurrency: 1,
    ...more,
  });

describe('an evaluation', () => {
  it('of search measures the order of documents, and its time', async () => {
    const result = await run([question('a', 'leave'), question('b', 'missing'), question('none')], ports());
    expect(EvaluationResult.parse(result)).toEqual(result);
    expect(result.questions[0]!.documents).toEqual(['other', 'leave']);
    expect(result.questions[0]!.metrics).toEqual({
      'ndcg@10': 1 / Math.log2(3),
      'recall@10': 1,
      'precision@10': 0.1,
      mrr: 0.5,
      'search-ms': 5,
    });
    // A question without an answer has a time and no order.
    expect(result.questions[2]!.metrics).toEqual({ 'search-ms': 5 });
    expect(result.totals).toMatchObject({ mrr: 0.25, p50: 5, p95: 5 });
    expect(result.counts).toEqual({ questions: 3, answerable: 2, unanswerable: 1, skipped: 0, failed: 0 });
  });

  it('of answers measures grounds, citations, abstention, tokens and cost', async () => {
    const over = ports({
      answer: async (text) =>
        text === 'About none?' ? { ...ANSWER, text: 'I cannot tell.', abstained: true, citations: [] } : ANSWER,
    });
    const { totals, questions } = await run([question('a', 'leave'), question('none')], over, { answers: true });
    expect(totals).toMatchObject({
      groundedness: 1,
      'citation-precision': 1,
      'citation-recall': 1,
      abstention: 1,
      answered: 1,
      tokens: 100,
      'total-tokens': 200,
      'total-cost-usd': 2e-6,
    });
    expect(questions[1]!.metrics).not.toHaveProperty('groundedness');
  });

  it('counts what fails as nothing found, so that failing never pays', async () => {
    const over = ports({
      search: async (text) => {
        if (text === 'About b?') throw new PlatformError('internal', 'no');
        return [{ documentId: 'leave' }];
      },
    });
    const result = await run([question('a', 'leave'), question('b', 'leave')], over, { answers: true });
    expect(result.questions[1]).toMatchObject({
      state: 'failed',
      error: 'internal',
      metrics: { 'ndcg@10': 0, answered: 0 },
    });
    expect(result.totals).toMatchObject({ 'ndcg@10': 0.5, answered: 0.5, groundedness: 0.5 });
    expect(result.counts.failed).toBe(1);
  });

  it('passes over what is meant for others', async () => {
    const questions = [
      question('all', 'x'),
      question('some', 'x', ['board', 'staff']),
      question('secret', 'x', ['board']),
    ];
    const result = await run(questions, ports());
    expect(result.questions.map(({ state }) => state)).toEqual(['done', 'done', 'skipped']);
    expect(result.questions[2]).toMatchObject({ metrics: {}, documents: [] });
    expect(result.counts).toMatchObject({ skipped: 1, answerable: 2 });
  });

  it('waits as long as it is told to, and gives up after a while', async () => {
    let calls = 0;
    const busy = ports({
      search: async () => {
        calls++;
        throw new PlatformError('rate_limit_exceeded', 'wait', { retryAfterSeconds: 7 });
      },
    });
    const result = await run([question('a', 'x')], busy);
    expect(busy.waits).toEqual([7_000, 7_000, 7_000, 7_000]);
    expect(calls).toBe(5);
    expect(result.questions[0]).toMatchObject({ state: 'failed', error: 'rate_limit_exceeded' });
  });

  it('stops at once when the budget is used up', async () => {
    let calls = 0;
    const over = ports({
      answer: async () => {
        calls++;
        throw new PlatformError('budget_exceeded', 'The day is over.');
      },
    });
    const many = Array.from({ length: 50 }, (_, index) => question(`q${index}`, 'x'));
    await expect(run(many, over, { answers: true }, { concurrency: 4 })).rejects.toMatchObject({
      code: 'budget_exceeded',
    });
    expect(calls).toBeLessThanOrEqual(4);
  });

  it('never has more questions open than it may, tells how far it is, and ends when aborted', async () => {
    let [open, most] = [0, 0];
    const over = ports({
      search: async () => {
        most = Math.max(most, ++open);
        await new Promise(setImmediate);
        open--;
        return [];
      },
    });
    const abort = new AbortController();
    const seen: number[] = [];
    const many = Array.from({ length: 30 }, (_, index) => question(`q${index}`, 'x'));
    const running = run(
      many,
      over,
      {},
      {
        concurrency: 3,
        signal: abort.signal,
        onProgress: (done) => {
          seen.push(done);
          if (done === 10) abort.abort(new PlatformError('client_closed', 'gone'));
        },
      },
    );
    await expect(running).rejects.toMatchObject({ code: 'client_closed' });
    expect(most).toBe(3);
    expect(seen.slice(0, 10)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(seen.length).toBeLessThan(15);
  });

  it('asks for no more answers than the bound', async () => {
    const many = Array.from({ length: 1_001 }, (_, index) => question(`q${index}`, 'x'));
    await expect(run(many, ports(), { answers: true })).rejects.toThrow('at most 1000 answers');
    await expect(run([question('a')], ports({ answer: undefined }), { answers: true })).rejects.toMatchObject({
      code: 'unsupported_feature',
    });
  });
});
