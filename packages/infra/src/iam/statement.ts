import * as pulumi from '@pulumi/pulumi';

/** One statement of an IAM policy. Every `grant…()` method returns these; a role turns them into a document. */
export interface Statement {
  readonly Sid: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: readonly string[];
  /** Absent in trust policies alone: there the role itself is the resource. */
  readonly Resource?: pulumi.Input<pulumi.Input<string>[]> | '*';
  readonly Principal?: Readonly<Record<string, pulumi.Input<string> | readonly pulumi.Input<string>[]>>;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, pulumi.Input<string | string[]>>>>>;
}

/** The JSON of a policy document, in the order given. Statements of one name are numbered, since IAM wants every Sid once. */
export function policyDocument(statements: readonly Statement[]): pulumi.Output<string> {
  const seen = new Map<string, number>();
  const numbered = statements.map((statement) => {
    const count = (seen.get(statement.Sid) ?? 0) + 1;
    seen.set(statement.Sid, count);
    return count === 1 ? statement : { ...statement, Sid: `${statement.Sid}${count}` };
  });
  return pulumi.jsonStringify({ Version: '2012-10-17', Statement: numbered });
}

/**
 * Trust policy that lets one AWS service take a role, on behalf of this account only.
 *
 * The account condition stops another account's resource from borrowing the service's identity (the confused deputy).
 */
export function serviceTrust(service: string, account?: pulumi.Input<string>): pulumi.Output<string> {
  return pulumi.jsonStringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: service },
        Action: 'sts:AssumeRole',
        ...(account === undefined ? {} : { Condition: { StringEquals: { 'aws:SourceAccount': account } } }),
      },
    ],
  });
}
