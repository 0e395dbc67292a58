import { isUnknown, type Unknown } from '../unknown.ts';
import { statementsOf, type Statement } from './policy-document.ts';

/** Resource types that say what an identity may do. Resource policies (keys, buckets, topics) are another matter. */
export const IDENTITY_POLICY_TYPES = [
  'aws:iam/policy:Policy',
  'aws:iam/rolePolicy:RolePolicy',
  'aws:iam/userPolicy:UserPolicy',
  'aws:iam/groupPolicy:GroupPolicy',
  'aws:iam/role:Role',
] as const;

/** What a policy, or a role with inline policies, holds. `unreadable` is neither known nor unknown: text that is no document. */
export interface IdentityPolicy {
  readonly statements: readonly Statement[];
  readonly unknowns: readonly Unknown[];
  readonly unreadable: boolean;
}

export function identityPolicyOf(props: Record<string, unknown>): IdentityPolicy {
  const statements: Statement[] = [];
  const unknowns: Unknown[] = [];
  let unreadable = false;
  for (const document of documentsOf(props)) {
    const read = statementsOf(document);
    if (read === undefined) unreadable = true;
    else if (isUnknown(read)) unknowns.push(read);
    else statements.push(...read);
  }
  return { statements, unknowns, unreadable };
}

function documentsOf(props: Record<string, unknown>): unknown[] {
  if ('policy' in props) return [props['policy']];
  const inline = props['inlinePolicies'];
  if (isUnknown(inline)) return [inline];
  if (!Array.isArray(inline)) return [];
  return inline.map((entry: unknown) =>
    typeof entry === 'object' && entry !== null && !isUnknown(entry) && 'policy' in entry ? entry.policy : entry,
  );
}
