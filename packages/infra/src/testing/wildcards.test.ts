import { describe, expect, it } from 'vitest';
import { unjustifiedWildcards } from './wildcards.ts';

const role = (Action: string[], Resource: string | string[]) => [
  {
    type: 'aws:iam/rolePolicy:RolePolicy',
    name: 'role',
    inputs: {
      policy: JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'S', Effect: 'Allow', Action, Resource }] }),
    },
  },
];

describe('unjustifiedWildcards', () => {
  it('finds actions and resources with an asterisk', () => {
    expect(unjustifiedWildcards(role(['s3:*'], ['arn:aws:s3:::b']))).toHaveLength(1);
    expect(unjustifiedWildcards(role(['s3:GetObject'], '*'))).toHaveLength(1);
    expect(unjustifiedWildcards(role(['logs:PutLogEvents'], ['arn:aws:logs:r:1:log-group:*']))).toHaveLength(1);
  });

  it('passes what has no asterisk, or a written reason', () => {
    expect(unjustifiedWildcards(role(['s3:GetObject'], ['arn:aws:s3:::b/key']))).toEqual([]);
    expect(unjustifiedWildcards(role(['logs:PutLogEvents'], ['arn:aws:logs:r:1:log-group:g:log-stream:*']))).toEqual(
      [],
    );
    expect(unjustifiedWildcards(role(['xray:PutTraceSegments'], '*'))).toEqual([]);
    expect(unjustifiedWildcards(role(['xray:PutTraceSegments', 'xray:GetGroups'], '*'))).toHaveLength(1);
  });

  it('passes what AWS names only below something we named', () => {
    expect(unjustifiedWildcards(role(['s3:PutObject'], ['arn:aws:s3:::b/answers/*']))).toEqual([]);
    expect(unjustifiedWildcards(role(['s3:PutObject'], ['arn:aws:s3:::b/*']))).toHaveLength(1);
    expect(unjustifiedWildcards(role(['s3:DeleteObject'], ['arn:aws:s3:::b/answers/*']))).toHaveLength(1);
    expect(
      unjustifiedWildcards(role(['sagemaker:CreateModelPackage'], ['arn:aws:sagemaker:r:1:model-package/g/*'])),
    ).toEqual([]);
    expect(
      unjustifiedWildcards(role(['sagemaker:CreateModelPackage'], ['arn:aws:sagemaker:r:1:model-package/*'])),
    ).toHaveLength(1);
    expect(
      unjustifiedWildcards(role(['ec2:CreateNetworkInterface'], ['arn:aws:ec2:r:1:network-interface/*'])),
    ).toHaveLength(1);
  });
});
