import { createHash } from 'node:crypto';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

/** How it is known that a Region fails: by the answers of its own API, since no path of it is open to a prober. */
export interface RegionalHealth {
  readonly apiName: pulumi.Input<string>;
  /** Who hears of a Region that is taken out, and of its return; a topic of this Region. */
  readonly topicArn: pulumi.Input<string>;
}

export interface RegionalDomainArgs {
  /** The one name all Regions answer to, for example `chat.example.com`. */
  domainName: pulumi.Input<string>;
  /** Route 53 zone the name is in. */
  zoneId: pulumi.Input<string>;
  /** Region this API is in. */
  region: string;
  /** Certificate for the name, in this Region. */
  certificateArn: pulumi.Input<string>;
  restApiId: pulumi.Input<string>;
  stageName: pulumi.Input<string>;
  /** Takes this Region out of the answer while most of its answers are failures. @default it stays in */
  health?: RegionalHealth;
}

/**
 * One Region's share of a global front: the API answers to the common name, and Route 53 sends each caller to the nearest Region that
 * has one. A front in three Regions is three of these with one `domainName`; there is nothing global to own or to fail.
 */
export class RegionalDomain extends pulumi.ComponentResource {
  /** Base URL, without a closing slash. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: RegionalDomainArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:fronts:RegionalDomain', name, {}, opts);
    const parent = { parent: this };
    const domain = new aws.apigateway.DomainName(
      name,
      {
        domainName: args.domainName,
        regionalCertificateArn: args.certificateArn,
        endpointConfiguration: { types: 'REGIONAL' },
        securityPolicy: 'TLS_1_2',
      },
      parent,
    );
    const mapping = new aws.apigateway.BasePathMapping(
      name,
      { domainName: domain.domainName, restApi: args.restApiId, stageName: args.stageName },
      parent,
    );
    const check = args.health && healthCheck(name, args, args.health, parent);
    new aws.route53.Record(
      name,
      {
        zoneId: args.zoneId,
        name: args.domainName,
        type: 'A',
        setIdentifier: args.region,
        latencyRoutingPolicies: [{ region: args.region }],
        aliases: [{ name: domain.regionalDomainName, zoneId: domain.regionalZoneId, evaluateTargetHealth: true }],
        ...(check && { healthCheckId: check.id }),
      },
      // Nobody is sent to a name that does not lead to the API yet.
      { ...parent, dependsOn: mapping },
    );
    this.url = pulumi.interpolate`https://${domain.domainName}`;
    this.registerOutputs({ url: this.url });
  }
}

/** When a Region is out. Once nobody is sent there nothing is counted, and after a minute or two it is tried again. */
const FAILING = {
  namespace: 'AWS/ApiGateway',
  metricName: '5XXError',
  statistic: 'Average',
  period: 60,
  evaluationPeriods: 3,
  comparisonOperator: 'GreaterThanThreshold',
  threshold: 0.5,
} as const;

function healthCheck(
  name: string,
  { region, stageName }: RegionalDomainArgs,
  { apiName, topicArn }: RegionalHealth,
  opts: pulumi.CustomResourceOptions,
): aws.route53.HealthCheck {
  const dimensions = { ApiName: apiName, Stage: stageName };
  const alarm = new aws.cloudwatch.MetricAlarm(
    `${name}-failing`,
    {
      ...FAILING,
      alarmDescription: `Most answers of ${region} are 5xx for three minutes: callers are sent to other Regions.`,
      dimensions,
      treatMissingData: 'notBreaching',
      alarmActions: [topicArn],
      okActions: [topicArn],
    },
    opts,
  );
  return new aws.route53.HealthCheck(
    name,
    {
      type: 'CLOUDWATCH_METRIC',
      cloudwatchAlarmName: alarm.name,
      cloudwatchAlarmRegion: region,
      insufficientDataHealthStatus: 'Healthy',
      // Route 53 reads the alarm's settings when the check is made, and again only when these change.
      triggers: {
        alarm: pulumi
          .jsonStringify({ ...FAILING, dimensions })
          .apply((settings) => createHash('sha256').update(settings).digest('hex')),
      },
    },
    opts,
  );
}
