import type { Unknown } from '../unknown.ts';
import { isUnknown } from '../unknown.ts';

/** One statement of an IAM policy, with single values made lists. */
export interface Statement {
  readonly effect: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly resources: readonly string[];
  readonly principals: unknown;
  /** Operator, then condition key in lower case, then values. */
  readonly conditions: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/**
 * The statements of a policy given as JSON text or as an object. A plan knows the text around an unknown ARN, and the statements
 * are read from that; without it the answer is the unknown itself. `undefined` means there is no readable document.
 */
export function statementsOf(policy: unknown): readonly Statement[] | Unknown | undefined {
  if (isUnknown(policy)) return policy.template === undefined ? policy : (statementsOf(policy.template) ?? policy);
  const document = typeof policy === 'string' ? parseJson(policy) : policy;
  if (!isRecord(document)) return undefined;
  const statements = document['Statement'] ?? document['statements'];
  if (isUnknown(statements)) return statements;
  return list(statements).filter(isRecord).map(readStatement);
}

/** Whether an IAM action pattern (`bedrock:Invoke*`) covers an action. */
export function coversAction(pattern: string, action: string): boolean {
  const expression = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${expression}$`, 'i').test(action);
}

function readStatement(statement: Record<string, unknown>): Statement {
  const conditions: Record<string, Record<string, string[]>> = {};
  for (const [operator, keys] of Object.entries(asRecord(statement['Condition'])))
    conditions[operator] = Object.fromEntries(
      Object.entries(asRecord(keys)).map(([key, values]) => [key.toLowerCase(), strings(values)]),
    );
  return {
    effect: String(statement['Effect'] ?? 'Allow'),
    actions: strings(statement['Action']),
    notActions: strings(statement['NotAction']),
    resources: strings(statement['Resource']),
    principals: statement['Principal'],
    conditions,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not JSON is the caller's finding: `undefined` says so.
  }
}

/** An unknown inside a list keeps its place as text that no rule takes for a real value. */
function strings(value: unknown): string[] {
  return list(value).map((item) =>
    isUnknown(item) ? (item.template ?? `(not yet known: ${item.path})`) : String(item),
  );
}

function list(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isUnknown(value);
}

function asRecord(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}
