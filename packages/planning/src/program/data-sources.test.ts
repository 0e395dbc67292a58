import { PlatformError } from '@plinth/contracts';
import { describe, expect, it } from 'vitest';
import { answerOffline } from './data-sources.ts';

describe('answerOffline', () => {
  it('knows partition and zones from the region alone', () => {
    expect(answerOffline('aws:index/getPartition:getPartition', {}, 'cn-north-1')).toMatchObject({
      partition: 'aws-cn',
    });
    expect(answerOffline('aws:index/getAvailabilityZones:getAvailabilityZones', {}, 'eu-west-1')).toMatchObject({
      names: ['eu-west-1a', 'eu-west-1b', 'eu-west-1c'],
    });
  });

  it('writes policy documents as the provider does', () => {
    const { json } = answerOffline(
      'aws:iam/getPolicyDocument:getPolicyDocument',
      {
        statements: [
          {
            actions: ['s3:GetObject'],
            resources: ['*'],
            conditions: [{ test: 'Bool', variable: 'a', values: ['true'] }],
          },
        ],
      },
      'us-east-1',
    );
    expect(JSON.parse(String(json))).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Action: ['s3:GetObject'], Resource: ['*'], Condition: { Bool: { a: ['true'] } } }],
    });
  });

  it('refuses a question nobody can answer, and says where to add the answer', () => {
    expect(() => answerOffline('aws:ec2/getAmi:getAmi', {}, 'us-east-1')).toThrow(PlatformError);
    expect(() => answerOffline('aws:ec2/getAmi:getAmi', {}, 'us-east-1')).toThrow(/getAmi.*data-sources\.ts/);
  });
});
