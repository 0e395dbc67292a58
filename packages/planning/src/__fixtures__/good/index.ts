import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

const tags = { owner: 'team@example.com', environment: 'dev', 'cost-center': '42', 'data-class': 'internal' };
const shared = new pulumi.StackReference(`organization/fixture-shared/${pulumi.getStack()}`);
const keyArn = shared.requireOutput('keyArn');
const account = aws.getCallerIdentityOutput().accountId;
const apiKey = new pulumi.Config().requireSecret('apiKey');

class Records extends pulumi.ComponentResource {
  readonly table: aws.dynamodb.Table;

  constructor(name: string, opts?: pulumi.ComponentResourceOptions) {
    super('fixture:data:Records', name, {}, opts);
    this.table = new aws.dynamodb.Table(
      name,
      {
        attributes: [{ name: 'pk', type: 'S' }],
        hashKey: 'pk',
        billingMode: 'PAY_PER_REQUEST',
        pointInTimeRecovery: { enabled: true },
        serverSideEncryption: { enabled: true, kmsKeyArn: keyArn },
        tags,
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

const records = new Records('records');
const logs = new aws.cloudwatch.LogGroup('chat', { name: '/fixture/chat', kmsKeyId: keyArn, retentionInDays: 30, tags });
const role = new aws.iam.Role('chat', { assumeRolePolicy: '{}', tags });
new aws.iam.RolePolicy('chat', {
  role: role.name,
  policy: pulumi.jsonStringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: ['dynamodb:GetItem'], Resource: [records.table.arn] },
      { Effect: 'Allow', Action: ['logs:PutLogEvents'], Resource: pulumi.interpolate`${logs.arn}:*` },
      { Effect: 'Allow', Action: ['kms:Decrypt'], Resource: pulumi.interpolate`arn:aws:kms:eu-west-1:${account}:key/x` },
    ],
  }),
});
new aws.budgets.Budget('month', {
  budgetType: 'COST',
  timeUnit: 'MONTHLY',
  limitAmount: '10',
  limitUnit: 'USD',
  notifications: [
    {
      comparisonOperator: 'GREATER_THAN',
      notificationType: 'ACTUAL',
      threshold: 80,
      thresholdType: 'PERCENTAGE',
      subscriberEmailAddresses: ['team@example.com'],
    },
  ],
  tags,
});
new aws.ssm.Parameter('key', { type: 'SecureString', value: apiKey, tags });

export const table = records.table.name;
export const secret = apiKey;
