import { describe, expect, it } from 'vitest';
import { KEY_ARN, PLACEMENT } from '../testing/fixtures.ts';
import { only, registered, valueOf } from '../testing/index.ts';
import { VectorDatabase, type DatabaseCapacity, type VectorDatabaseArgs } from './vector-database.ts';

const ARGS: VectorDatabaseArgs = {
  placement: PLACEMENT,
  network: { vpcId: 'vpc-1', subnetIds: ['subnet-1', 'subnet-2'] },
  clients: { service: 'sg-service', ingest: 'sg-ingest' },
  keyArn: KEY_ARN,
  clusterName: 'plinth-test-rag',
};
const database = (change: Partial<VectorDatabaseArgs> = {}) =>
  registered(() => new VectorDatabase('rag', { ...ARGS, ...change }));
const CLUSTER = 'aws:rds/cluster:Cluster';
const INSTANCE = 'aws:rds/clusterInstance:ClusterInstance';

describe('VectorDatabase', () => {
  it('is encrypted, lets services sign in by IAM, and leaves the master password to RDS', async () => {
    const { inputs } = only(await database(), CLUSTER);
    expect(inputs).toMatchObject({
      engine: 'aurora-postgresql',
      storageEncrypted: true,
      kmsKeyId: KEY_ARN,
      iamDatabaseAuthenticationEnabled: true,
      manageMasterUserPassword: true,
      masterUserSecretKmsKeyId: KEY_ARN,
      enableHttpEndpoint: false,
    });
    expect(inputs['masterPassword']).toBeUndefined();
  });

  it('cannot be lost by mistake', async () => {
    expect(only(await database(), CLUSTER).inputs).toMatchObject({
      deletionProtection: true,
      backupRetentionPeriod: 35,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: 'plinth-test-rag-final',
    });
    expect(only(await database({ deletionProtection: false }), CLUSTER).inputs['skipFinalSnapshot']).toBe(true);
  });

  it('speaks TLS alone, and keeps what statements carry out of its log', async () => {
    const { inputs } = only(await database(), 'aws:rds/clusterParameterGroup:ClusterParameterGroup');
    expect(inputs['family']).toBe('aurora-postgresql17');
    expect(inputs['parameters']).toEqual(
      expect.arrayContaining([
        { name: 'rds.force_ssl', value: '1' },
        { name: 'log_parameter_max_length', value: '0' },
        { name: 'log_parameter_max_length_on_error', value: '0' },
      ]),
    );
  });

  it('logs into an encrypted group that is there before it', async () => {
    const resources = await database();
    expect(only(resources, CLUSTER).inputs['enabledCloudwatchLogsExports']).toEqual(['postgresql']);
    expect(only(resources, 'aws:cloudwatch/logGroup:LogGroup').inputs).toMatchObject({
      name: '/aws/rds/cluster/plinth-test-rag/postgresql',
      kmsKeyId: KEY_ARN,
    });
  });

  it('runs on two private instances, either of which can take over, or on one', async () => {
    const instances = (await database()).filter(({ type }) => type === INSTANCE);
    expect(instances).toHaveLength(2);
    for (const { inputs } of instances)
      expect(inputs).toMatchObject({ instanceClass: 'db.serverless', publiclyAccessible: false, promotionTier: 1 });
    expect((await database({ instances: 1 })).filter(({ type }) => type === INSTANCE)).toHaveLength(1);
  });

  it('admits the groups that are named, on its port, and calls nobody', async () => {
    const rules = (await database()).filter(({ type }) => /SecurityGroup(Ingress|Egress)Rule$/.test(type));
    expect(
      rules.map(({ name, inputs }) => [name, inputs['referencedSecurityGroupId'], inputs['fromPort']]).sort(),
    ).toEqual([
      ['rag-from-ingest', 'sg-ingest', 5432],
      ['rag-from-service', 'sg-service', 5432],
    ]);
  });

  it.each<[DatabaseCapacity | undefined, object]>([
    [undefined, { minCapacity: 0.5, maxCapacity: 8 }],
    [
      { mode: 'pauses', max: 2 },
      { minCapacity: 0, maxCapacity: 2, secondsUntilAutoPause: 300 },
    ],
    [
      { mode: 'always-on', min: 2, max: 64 },
      { minCapacity: 2, maxCapacity: 64 },
    ],
  ])('scales as %j says', async (capacity, scaling) => {
    expect(only(await database({ capacity }), CLUSTER).inputs['serverlessv2ScalingConfiguration']).toEqual(scaling);
  });

  it.each<[Partial<VectorDatabaseArgs>, RegExp]>([
    [{ capacity: { mode: 'always-on', min: 0, max: 2 } }, /"pauses"/],
    [{ capacity: { mode: 'always-on', min: 4, max: 2 } }, /not below min/],
    [{ capacity: { mode: 'always-on', min: 0.7, max: 2 } }, /halves/],
    [{ capacity: { mode: 'pauses', max: 2, afterSeconds: 60 } }, /300 to 86400/],
    [{ backupDays: 1 }, /7 to 35/],
  ])('refuses %j', async (change, says) => {
    await registered(() => {
      expect(() => new VectorDatabase('rag', { ...ARGS, ...change })).toThrow(says);
    });
  });
});

describe('what a role is granted', () => {
  it('is to sign in as one user of this cluster', async () => {
    await registered(async () => {
      const { Action, Resource } = await valueOf(new VectorDatabase('rag', ARGS).grantConnect('rag_reader'));
      expect(Action).toEqual(['rds-db:connect']);
      expect(Resource).toEqual(['arn:aws:rds-db:us-east-1:123456789012:dbuser:cluster-rag-id/rag_reader']);
    });
  });

  it('is never the master user', async () => {
    await registered(() => {
      expect(() => new VectorDatabase('rag', ARGS).grantConnect('plinth_master')).toThrow(/users of their own/);
    });
  });

  it('is SQL over HTTPS with the secret that is named, where that is on', async () => {
    await registered(async () => {
      expect(() => new VectorDatabase('rag', ARGS).grantDataApi('arn:secret')).toThrow(/dataApi/);
      const [sql, password] = await valueOf(
        new VectorDatabase('api', { ...ARGS, dataApi: true }).grantDataApi('arn:secret'),
      );
      expect(sql?.Resource).toEqual(['arn:aws:rds:us-east-1:123456789012:api-id']);
      expect(password?.Resource).toEqual(['arn:secret']);
    });
  });
});
