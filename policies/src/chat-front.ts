import type { PropsOf } from './rule.ts';
import { isUnknown, type Unknown } from './unknown.ts';

/** What a front's catalogue says of one model, as far as rules read it. */
export interface FrontModel {
  readonly id: string;
  readonly maxPromptTokens: unknown;
  readonly maxCompletionTokens: unknown;
  readonly target: { readonly kind?: unknown; readonly modelId?: unknown; readonly guardrail?: unknown };
}

/** Variables that hold a model catalogue; a front is a function that has one. */
export const CATALOGUE_VARIABLE = 'PLINTH_CATALOG';

export type Catalogue =
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly value: Unknown }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'models'; readonly models: readonly FrontModel[] };

/** The models a function serves, when it is a front. In a plan, unknown parts of the text are placeholders. */
export function catalogueOf(fn: PropsOf<'aws:lambda/function:Function'>): Catalogue {
  const { environment } = fn;
  if (environment === undefined) return { kind: 'none' };
  if (isUnknown(environment)) return { kind: 'unknown', value: environment };
  const { variables } = environment;
  if (variables === undefined) return { kind: 'none' };
  if (isUnknown(variables)) return { kind: 'unknown', value: variables };
  const text = variables[CATALOGUE_VARIABLE];
  if (text === undefined) return { kind: 'none' };
  if (!isUnknown(text)) return read(text);
  return text.template === undefined ? { kind: 'unknown', value: text } : read(text.template);
}

function read(text: string): Catalogue {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return { kind: 'unreadable' };
  }
  if (!Array.isArray(parsed)) return { kind: 'unreadable' };
  return { kind: 'models', models: parsed.map(asModel) };
}

function asModel(entry: unknown): FrontModel {
  const model = asRecord(entry);
  return {
    id: String(model['id'] ?? '(no id)'),
    maxPromptTokens: model['maxPromptTokens'],
    maxCompletionTokens: model['maxCompletionTokens'],
    target: asRecord(model['target']),
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
