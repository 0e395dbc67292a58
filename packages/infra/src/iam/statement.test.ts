import { describe, expect, it } from 'vitest';
import { registered, valueOf } from '../testing/index.ts';
import { policyDocument, type Statement } from './statement.ts';

const allow = (resource: string): Statement => ({
  Sid: 'Read',
  Effect: 'Allow',
  Action: ['s3:GetObject'],
  Resource: [resource],
});

describe('policyDocument', () => {
  it('numbers statements of one name, since IAM wants every Sid once', async () => {
    let document = '';
    await registered(async () => (document = await valueOf(policyDocument([allow('a'), allow('b'), allow('c')]))));
    const { Statement } = JSON.parse(document) as { Statement: { Sid: string; Resource: string[] }[] };
    expect(Statement.map(({ Sid, Resource }) => Sid + Resource.join())).toEqual(['Reada', 'Read2b', 'Read3c']);
  });
});
