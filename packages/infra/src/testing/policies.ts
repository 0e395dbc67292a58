import type { Registered } from './registered.ts';

/** A statement as it stands in a registered policy. */
export interface RegisteredStatement {
  readonly resource: string;
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** Every statement of every policy document registered: of roles, trust, keys, buckets and topics alike. A registry's lifecycle rules are no such document. */
export function statementsOf(resources: readonly Registered[]): RegisteredStatement[] {
  return resources.flatMap(({ type, name, inputs }) =>
    [inputs['policy'], inputs['assumeRolePolicy']]
      .filter((policy) => typeof policy === 'string')
      .flatMap(
        (policy) =>
          (JSON.parse(policy) as { Statement?: Record<string, unknown>[] }).Statement?.map((statement) => ({
            ...statement,
            resource: `${type} ${name}`,
            Sid: String(statement['Sid'] ?? ''),
            Effect: String(statement['Effect']),
            Action: [statement['Action']].flat().map(String),
            Resource: [statement['Resource'] ?? []].flat().map(String),
          })) ?? [],
      ),
  );
}
