import { describe, expect, it } from 'vitest';
import { terraformPlan, type Planned } from './terraform-plan.ts';

const planned = (type: string, name: string, props: Planned['props']): Planned => ({ type, name, props, urn: name });
const only = (...resources: Planned[]) => terraformPlan(resources).planned_values.root_module.resources;

describe('a plan as Terraform has it', () => {
  it('names types and arguments as Terraform does; blocks are lists, maps stay as they are', () => {
    const [table] = only(
      planned('aws:dynamodb/table:Table', 'ledger', {
        hashKey: 'pk',
        attributes: [{ name: 'pk', type: 'S' }],
        pointInTimeRecovery: { enabled: true },
        tags: { 'cost-center': 'x', dataClass: 'internal' },
      }),
    );
    expect(table).toMatchObject({ address: 'aws_dynamodb_table.ledger', type: 'aws_dynamodb_table' });
    expect(table?.values).toEqual({
      hash_key: 'pk',
      attribute: [{ name: 'pk', type: 'S' }],
      point_in_time_recovery: [{ enabled: true }],
      tags: { 'cost-center': 'x', dataClass: 'internal' },
    });
  });

  it('keeps the keys of an environment, a block of a function and a map of a container', () => {
    const [fn, model] = only(
      planned('aws:lambda/function:Function', 'chat', { environment: { variables: { MAX_TOKENS: '1' } } }),
      planned('aws:sagemaker/model:Model', 'llm', { primaryContainer: { environment: { MAX_TOKENS: '1' } } }),
    );
    expect(fn?.values).toEqual({ environment: [{ variables: { MAX_TOKENS: '1' } }] });
    expect(model?.values).toEqual({ primary_container: [{ environment: { MAX_TOKENS: '1' } }] });
  });

  it('turns what only creation can tell into a reference, and says which resource it is to', () => {
    const plan = terraformPlan([
      planned('aws:s3/bucket:Bucket', 'trail', {}),
      planned('aws:s3/bucketPolicy:BucketPolicy', 'trail', {
        bucket: { $unknown: '«bucket:trail.bucket»' },
        policy: { $unknown: '{"Resource":"«bucket:trail.arn»/*","Key":"«key:elsewhere.arn»"}' },
      }),
    ]);
    expect(plan.planned_values.root_module.resources[1]?.values).toEqual({
      bucket: 'aws_s3_bucket.trail.bucket',
      policy: '{"Resource":"aws_s3_bucket.trail.arn/*","Key":"«key:elsewhere.arn»"}',
    });
    expect(plan.configuration.root_module.resources[1]).toMatchObject({
      expressions: { bucket: { references: ['aws_s3_bucket.trail.bucket', 'aws_s3_bucket.trail'] } },
    });
  });

  it('leaves a reference alone that could be to two resources, and never shows a secret', () => {
    const [, , fn] = only(
      planned('aws:ecs/cluster:Cluster', 'main', {}),
      planned('aws:rds/cluster:Cluster', 'main', {}),
      planned('aws:lambda/function:Function', 'f', {
        role: { $unknown: '«cluster:main.arn»' },
        layers: [{ $secret: true }],
      }),
    );
    expect(fn?.values).toEqual({ role: '«cluster:main.arn»', layers: ['secret'] });
  });

  it('gives two resources of one name two addresses, and leaves out types that are not compared', () => {
    const resources = only(
      planned('aws:sns/topic:Topic', 'alerts', {}),
      planned('aws:sns/topic:Topic', 'alerts', {}),
      planned('aws:bedrock/guardrail:Guardrail', 'g', {}),
    );
    expect(resources.map(({ address }) => address)).toEqual(['aws_sns_topic.alerts', 'aws_sns_topic.alerts_2']);
  });
});
