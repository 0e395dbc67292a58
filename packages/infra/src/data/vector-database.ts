import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { grantKeyThrough } from '../governance/key.ts';
import { StackError } from '../governance/stack-error.ts';
import type { Placement } from '../iam/placement.ts';
import type { Statement } from '../iam/statement.ts';
import type { NetworkReference } from '../network/network-reference.ts';
import { LogGroup, type RetentionDays } from '../observability/log-group.ts';

export interface VectorDatabaseArgs {
  placement: Placement;
  network: Pick<NetworkReference, 'vpcId' | 'subnetIds'>;
  /** Security groups that may connect, by a name of ours. */
  clients: Readonly<Record<string, pulumi.Input<string>>>;
  /** Customer-managed key for storage, backups, insights, the master password, and logs: CloudWatch Logs may use it. */
  keyArn: pulumi.Input<string>;
  /** Physical name of the cluster, for example `plinth-dev-rag`: its log group is named after it. */
  clusterName: string;
  /** @default 'plinth' */
  databaseName?: string;
  /** How far it grows, and how far it shrinks. @default half a unit to eight, always on */
  capacity?: DatabaseCapacity;
  /** One serves; two, in two zones, go on serving when a zone is lost. @default 2 */
  instances?: 1 | 2;
  /** Major version of Aurora PostgreSQL. AWS chooses the minor one, and moves it in the maintenance window. @default '17' */
  version?: '16' | '17';
  /** Days back that the cluster can be restored to, 7 to 35. @default 35 */
  backupDays?: number;
  /** Refuse to delete the cluster. Turn off where data may be thrown away, as in dev: then no last snapshot is kept either. @default true */
  deletionProtection?: boolean;
  /** SQL over HTTPS with IAM, as Bedrock knowledge bases speak it. @default false */
  dataApi?: boolean;
  /** @default 365 */
  logRetentionDays?: RetentionDays;
}

/** Aurora capacity units, each about 2 GiB of memory, in halves. */
export type DatabaseCapacity =
  /** Ready at any moment, at the price of `min` at least. */
  | { readonly mode: 'always-on'; readonly min: number; readonly max: number }
  /** Costs storage alone while nobody is connected, and takes about 15 seconds to wake. */
  | {
      readonly mode: 'pauses';
      readonly max: number;
      /** Seconds without connections, 300 to 86400. @default 300 */
      readonly afterSeconds?: number;
    };

const PORT = 5432;
const MASTER = 'plinth_master';

/**
 * Aurora Serverless v2 PostgreSQL for documents and their vectors (pgvector). Services sign in by IAM over TLS; the master password is made,
 * kept and turned over by RDS, and nobody needs it but who sets the schema up. `CREATE EXTENSION vector` is a migration's business.
 */
export class VectorDatabase extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly clusterName: string;
  /** Host name of the writer. */
  readonly endpoint: pulumi.Output<string>;
  /** Host name that spreads reads over instances. */
  readonly readerEndpoint: pulumi.Output<string>;
  readonly port = PORT;
  readonly databaseName: string;
  /** Who owns what migrations make. */
  readonly masterUsername = MASTER;
  readonly securityGroupId: pulumi.Output<string>;
  /** Secret of the master user, `username` and `password` in JSON. */
  readonly masterSecretArn: pulumi.Output<string>;
  readonly #resourceId: pulumi.Output<string>;
  readonly #args: VectorDatabaseArgs;

  constructor(name: string, args: VectorDatabaseArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:data:VectorDatabase', name, {}, opts);
    this.#args = args;
    const { keyArn, version = '17', backupDays = 35, deletionProtection = true } = args;
    const scaling = scalingOf(name, args.capacity ?? { mode: 'always-on', min: 0.5, max: 8 });
    if (!(backupDays >= 7 && backupDays <= 35))
      throw new StackError(`Database ${name} cannot keep backups for ${backupDays} days. Set backupDays to 7 to 35.`);
    this.databaseName = args.databaseName ?? 'plinth';
    const parent = { parent: this };

    const subnets = new aws.rds.SubnetGroup(name, { subnetIds: args.network.subnetIds }, parent);
    this.securityGroupId = databaseGroup(name, args, parent);
    // Made before RDS would make it, without a key and without an end.
    const logs = new LogGroup(
      name,
      {
        name: `/aws/rds/cluster/${args.clusterName}/postgresql`,
        keyArn,
        retentionDays: args.logRetentionDays,
      },
      parent,
    );
    const parameters = new aws.rds.ClusterParameterGroup(
      name,
      {
        family: `aurora-postgresql${version}`,
        description: 'TLS only; schema changes and connections are logged, never data.',
        parameters: [
          { name: 'rds.force_ssl', value: '1' },
          { name: 'log_statement', value: 'ddl' },
          { name: 'log_connections', value: '1' },
          { name: 'log_disconnections', value: '1' },
          // Documents and prompts travel as parameters: keep them out of the log, of failed statements too.
          { name: 'log_parameter_max_length', value: '0' },
          { name: 'log_parameter_max_length_on_error', value: '0' },
        ],
      },
      parent,
    );
    const cluster = new aws.rds.Cluster(
      name,
      {
        clusterIdentifier: args.clusterName,
        engine: 'aurora-postgresql',
        engineMode: 'provisioned',
        engineVersion: version,
        databaseName: this.databaseName,
        masterUsername: MASTER,
        manageMasterUserPassword: true,
        masterUserSecretKmsKeyId: keyArn,
        iamDatabaseAuthenticationEnabled: true,
        storageEncrypted: true,
        kmsKeyId: keyArn,
        port: PORT,
        dbSubnetGroupName: subnets.name,
        vpcSecurityGroupIds: [this.securityGroupId],
        dbClusterParameterGroupName: parameters.name,
        serverlessv2ScalingConfiguration: scaling,
        backupRetentionPeriod: backupDays,
        copyTagsToSnapshot: true,
        deletionProtection,
        skipFinalSnapshot: !deletionProtection,
        ...(deletionProtection && { finalSnapshotIdentifier: `${args.clusterName}-final` }),
        enabledCloudwatchLogsExports: ['postgresql'],
        enableHttpEndpoint: args.dataApi ?? false,
      },
      { parent: this, dependsOn: logs },
    );
    for (let number = 1; number <= (args.instances ?? 2); number++)
      new aws.rds.ClusterInstance(
        `${name}-${number}`,
        {
          clusterIdentifier: cluster.id,
          engine: 'aurora-postgresql',
          instanceClass: 'db.serverless',
          publiclyAccessible: false,
          // Scales with the writer, so that it can take over at once.
          promotionTier: 1,
          autoMinorVersionUpgrade: true,
          copyTagsToSnapshot: true,
          performanceInsightsEnabled: true,
          performanceInsightsKmsKeyId: keyArn,
        },
        parent,
      );
    this.arn = cluster.arn;
    this.clusterName = args.clusterName;
    this.endpoint = cluster.endpoint;
    this.readerEndpoint = cluster.readerEndpoint;
    this.masterSecretArn = cluster.masterUserSecrets.apply((secrets) => secrets[0]?.secretArn ?? '');
    this.#resourceId = cluster.clusterResourceId;
    this.registerOutputs({ arn: this.arn, endpoint: this.endpoint, masterSecretArn: this.masterSecretArn });
  }

  /** Lets a role sign in as one database user, which holds the grant `rds_iam` and no password. */
  grantConnect(user: string): Statement {
    if (user === MASTER) throw new StackError('Let services sign in as users of their own, not as the master user.');
    const { partition, region, account } = this.#args.placement;
    return {
      Sid: 'ConnectToDatabase',
      Effect: 'Allow',
      Action: ['rds-db:connect'],
      Resource: [pulumi.interpolate`arn:${partition}:rds-db:${region}:${account}:dbuser:${this.#resourceId}/${user}`],
    };
  }

  /**
   * Lets a role run SQL by the Data API, as the database user whose name and password a secret holds.
   *
   * @param secretArn a secret of a user of its own; {@link masterSecretArn} for a migration alone
   * @throws {StackError} where the Data API is off
   */
  grantDataApi(secretArn: pulumi.Input<string>): Statement[] {
    if (this.#args.dataApi !== true) throw new StackError('Set dataApi on the database before granting its use.');
    return [
      {
        Sid: 'RunSql',
        Effect: 'Allow',
        Action: [
          'rds-data:ExecuteStatement',
          'rds-data:BatchExecuteStatement',
          'rds-data:BeginTransaction',
          'rds-data:CommitTransaction',
          'rds-data:RollbackTransaction',
        ],
        Resource: [this.arn],
      },
      ...this.#readSecret(secretArn),
    ];
  }

  /** Lets a role read the master's password: for what sets the schema up, and nothing else. */
  grantMaster(): Statement[] {
    return this.#readSecret(this.masterSecretArn);
  }

  #readSecret(secretArn: pulumi.Input<string>): Statement[] {
    return [
      { Sid: 'ReadPassword', Effect: 'Allow', Action: ['secretsmanager:GetSecretValue'], Resource: [secretArn] },
      grantKeyThrough(this.#args.keyArn, this.#args.placement, 'secretsmanager'),
    ];
  }
}

/** A group that admits the clients on the database's port, and calls nobody. */
function databaseGroup(
  name: string,
  { network, clients }: VectorDatabaseArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const group = new aws.ec2.SecurityGroup(
    name,
    { description: 'Database: PostgreSQL from named groups.', vpcId: network.vpcId },
    opts,
  );
  for (const [client, referencedSecurityGroupId] of Object.entries(clients))
    new aws.vpc.SecurityGroupIngressRule(
      `${name}-from-${client}`,
      {
        description: `PostgreSQL from ${client}`,
        securityGroupId: group.id,
        referencedSecurityGroupId,
        ipProtocol: 'tcp',
        fromPort: PORT,
        toPort: PORT,
      },
      opts,
    );
  return group.id;
}

function scalingOf(
  name: string,
  capacity: DatabaseCapacity,
): aws.types.input.rds.ClusterServerlessv2ScalingConfiguration {
  const { max } = capacity;
  const least = capacity.mode === 'pauses' ? 0 : capacity.min;
  const idle = capacity.mode === 'pauses' ? (capacity.afterSeconds ?? 300) : 300;
  if (!(idle >= 300 && idle <= 86_400))
    throw new StackError(`Database ${name} cannot pause after ${idle} seconds. Set afterSeconds to 300 to 86400.`);
  const halves = (units: number) => Number.isInteger(units * 2);
  if (capacity.mode === 'always-on' && least < 0.5)
    throw new StackError(`Database ${name} is always on, so min is 0.5 at least. Set mode to "pauses" to reach zero.`);
  if (!halves(least) || !halves(max) || max < Math.max(least, 1) || max > 256)
    throw new StackError(`Database ${name}: set capacity in halves, max between 1 and 256 and not below min.`);
  return {
    minCapacity: least,
    maxCapacity: max,
    ...(capacity.mode === 'pauses' && { secondsUntilAutoPause: idle }),
  };
}
