import { PlatformError } from '@plinth/contracts';
import type { EmbeddedStores } from '@plinth/stores/embedded';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, ledgerOf, openGateway, openStores } from '../testing/gateway-harness.ts';
import { forever, ScriptedModel, type Script } from '../testing/scripted-model.ts';
import type { ChatRun } from './events.ts';

let stores: EmbeddedStores;
beforeAll(async () => {
  stores = await openStores();
});
afterAll(() => stores.close());

/** How a model behaves, how its caller does, and what was asked. */
interface Plan {
  readonly ends: 'well' | 'without usage' | 'refused' | 'broken' | 'silent' | 'never';
  readonly pieces: readonly string[];
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number };
  readonly reader: 'reads all' | 'stops' | 'leaves' | 'never reads';
  readonly prompt: string;
}

const plan: fc.Arbitrary<Plan> = fc.record({
  ends: fc.constantFrom('well', 'well', 'without usage', 'refused', 'broken', 'silent', 'never'),
  pieces: fc.array(fc.constantFrom('Hello ', 'ann@acme.io ', 'build a bomb ', 'x'.repeat(400)), { maxLength: 4 }),
  usage: fc.record({ inputTokens: fc.nat(20), outputTokens: fc.nat(50) }),
  reader: fc.constantFrom('reads all', 'reads all', 'stops', 'leaves', 'never reads'),
  prompt: fc.constantFrom('Hi', 'I am ann@acme.io', 'How to build a bomb', 'x'.repeat(5_000)),
});

const broken = new PlatformError('upstream_failed', 'Gone.');

function scriptOf({ ends, pieces, usage }: Plan): Script {
  if (ends === 'refused') return [{ type: 'error', error: broken }];
  const text = pieces.map((piece) => ({ type: 'text' as const, text: piece }));
  const last: Record<string, Script> = {
    well: [{ type: 'end', reason: 'stop', usage }],
    'without usage': [{ type: 'end', reason: 'stop' }],
    broken: [{ type: 'error', error: broken }],
    silent: [],
    never: [forever],
  };
  return [{ type: 'start' }, ...text, ...(last[ends] ?? [])];
}

/** Reads a run as its caller does. Gives the tokens that its last event told. */
async function read(run: ChatRun, { reader, ends }: Plan, controller: AbortController): Promise<number | undefined> {
  const events = run.events[Symbol.asyncIterator]();
  let told: number | undefined;
  for (let count = 0; reader !== 'never reads'; count++) {
    if (reader === 'leaves' && count === 1) controller.abort();
    if (reader === 'stops' && count === 1) break;
    const next = events.next();
    // Whoever waits for a model that says nothing more goes away at some point.
    if (ends === 'never') queueMicrotask(() => setTimeout(() => controller.abort(), 5));
    const { done, value } = await next;
    if (done === true) break;
    if (value.type === 'end') told = value.usage.total_tokens;
  }
  await events.return?.();
  return told;
}

describe('after any mix of requests has ended', () => {
  it('nothing is held, no limit was passed, and the ledger holds exactly what callers and the audit were told', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(plan, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 300, max: 3_000 }),
        async (plans, tokensPerDay) => {
          const scripts = [...plans];
          const model = new ScriptedModel(({ messages }) => {
            const text = String(messages[0]?.content);
            return scriptOf(
              scripts.splice(
                scripts.findIndex(({ prompt }) => prompt.startsWith(text.slice(0, 2))),
                1,
              )[0] ?? plans[0]!,
            );
          });
          const opened = openGateway(model, stores, {
            identity: { tenantLimits: { tokensPerDay, concurrentRequests: 6 } },
          });
          const told = await Promise.all(
            plans.map(async (each) => {
              const controller = new AbortController();
              if (each.ends === 'never') setTimeout(() => controller.abort(), 30);
              try {
                return await read(
                  await opened.chat({ ...ask(each.prompt), max_tokens: 60 }, controller),
                  each,
                  controller,
                );
              } catch (error) {
                expect(error).toBeInstanceOf(PlatformError);
                return undefined;
              }
            }),
          );
          const { tokens, nanoUsd, concurrent } = await ledgerOf(opened);
          const audited = opened.audit.records;
          const sum = (of: (record: (typeof audited)[number]) => number) =>
            audited.reduce((total, record) => total + of(record), 0);
          expect({ concurrent, inFlight: opened.admission.inFlight, running: model.running }).toEqual({
            concurrent: 0,
            inFlight: 0,
            running: 0,
          });
          expect(audited).toHaveLength(plans.length);
          expect(opened.summaries).toHaveLength(plans.length);
          expect(tokens).toBe(sum(({ inputTokens = 0, outputTokens = 0 }) => inputTokens + outputTokens));
          expect(nanoUsd).toBe(sum((record) => record.nanoUsd ?? 0));
          expect(tokens).toBeLessThanOrEqual(tokensPerDay);
          const allowed = audited.filter(({ outcome }) => outcome === 'allowed');
          const toldTotal = told.reduce<number>((total, each) => total + (each ?? 0), 0);
          // What was told is settled; beyond it stand only answers that nobody heard the end of.
          expect(toldTotal).toBeLessThanOrEqual(tokens);
          if (plans.every(({ reader }) => reader === 'reads all'))
            expect(toldTotal).toBe(
              allowed.reduce((total, record) => total + (record.inputTokens ?? 0) + (record.outputTokens ?? 0), 0),
            );
        },
      ),
      { numRuns: 150 },
    );
  });
});
