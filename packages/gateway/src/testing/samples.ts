import { CatalogModel, type AuditRecord, type ChatMessage, type Identity } from '@plinth/contracts';
import type { AuditLog } from '@plinth/stores';

/** An identity without limits. */
export function anIdentity(overrides: Partial<Identity> = {}): Identity {
  return {
    tenant: 'acme',
    principal: 'ann',
    kind: 'api-key',
    scopeId: 'key1',
    groups: [],
    tenantLimits: {},
    scopeLimits: {},
    conversations: false,
    ...overrides,
  };
}

/** A model of 1,000 prompt tokens and 200 to answer, at 1 and 2 dollars a million: 1,000 and 2,000 nano-dollars a token. */
export function aModel(overrides: Partial<CatalogModel> = {}): CatalogModel {
  return CatalogModel.parse({
    id: 'small',
    target: { kind: 'openai', baseUrl: 'http://127.0.0.1:1', modelId: 'small' },
    contextTokens: 1_200,
    maxPromptTokens: 1_000,
    maxCompletionTokens: 200,
    price: { input: 1, output: 2 },
    ...overrides,
  });
}

/** The smallest byte-level tokenizer there could be, and so the one that makes the most tokens: one a byte. */
export function countBytes(messages: readonly ChatMessage[]): number {
  return Buffer.byteLength(
    messages
      .map(({ content, ...message }) => {
        const calls =
          'tool_calls' in message && message.tool_calls !== undefined ? JSON.stringify(message.tool_calls) : '';
        const text =
          typeof content === 'string'
            ? content
            : (content ?? []).map((part) => ('text' in part ? part.text : '')).join('');
        return `<${message.role}>${text}${calls}`;
      })
      .join(''),
  );
}

/** An audit log in memory; `fail` makes the next appends fail. */
export class MemoryAudit implements AuditLog {
  readonly records: AuditRecord[] = [];
  fail: Error | undefined;

  append(records: readonly AuditRecord[]): Promise<void> {
    if (this.fail !== undefined) return Promise.reject(this.fail);
    this.records.push(...records);
    return Promise.resolve();
  }

  // eslint-disable-next-line require-yield
  async *read(): AsyncIterable<never> {
    throw new Error('Not read in these tests: see records.');
  }

  verify(): Promise<never> {
    return Promise.reject(new Error('Not verified in these tests.'));
  }
}
