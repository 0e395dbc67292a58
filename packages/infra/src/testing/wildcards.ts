import { JUSTIFIED } from '../iam/justified-wildcards.ts';
import { statementsOf, type RegisteredStatement } from './policies.ts';
import type { Registered } from './registered.ts';

/**
 * Why a statement may hold an asterisk, for every one that does. Anything that none of these describes is a finding.
 */
const REASONS: readonly { readonly why: string; readonly fits: (statement: RegisteredStatement) => boolean }[] = [
  {
    why: 'a key policy: there `*` is the key itself, and the account must stay able to administer it (KMS documentation)',
    fits: ({ resource, Resource }) => resource.startsWith('aws:kms/key:Key') && Resource.join() === '*',
  },
  { why: 'a refusal: the more it names, the better', fits: ({ Effect }) => Effect === 'Deny' },
  {
    why: 'streams of one log group: the writer names them',
    fits: ({ Action, Resource }) =>
      Action.every((action) => action.startsWith('logs:')) && Resource.every((arn) => /[^*]:log-stream:\*$/.test(arn)),
  },
  {
    why: 'objects of one bucket, for one AWS service: the service names them',
    fits: ({ Principal, Resource, Action }) =>
      Principal !== undefined && Action.join() === 's3:PutObject' && Resource.every((arn) => /^[^*]+\/\*$/.test(arn)),
  },
  {
    why: 'X-Ray has no resources to name',
    fits: ({ Action }) => Action.every((action) => JUSTIFIED.traces.Action.some((allowed) => allowed === action)),
  },
];

/** Statements with an asterisk in an action or a resource that no written reason covers. */
export function unjustifiedWildcards(resources: readonly Registered[]): RegisteredStatement[] {
  return statementsOf(resources).filter(
    (statement) =>
      [...statement.Action, ...statement.Resource].some((text) => text.includes('*')) &&
      !REASONS.some(({ fits }) => fits(statement)),
  );
}
