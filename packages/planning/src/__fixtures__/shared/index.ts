import * as aws from '@pulumi/aws';

const tags = { owner: 'team@example.com', environment: 'dev', 'cost-center': '42', 'data-class': 'internal' };
const key = new aws.kms.Key('shared', { enableKeyRotation: true, tags });

export const keyArn = key.arn;
export const size = 3;
export const places = [key.keyId, 'known'];
