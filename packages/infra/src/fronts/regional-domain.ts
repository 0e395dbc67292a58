import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';

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
  /** Route 53 health check that takes this Region out of the answer while it fails. @default none */
  healthCheckId?: pulumi.Input<string>;
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
    new aws.apigateway.BasePathMapping(
      name,
      { domainName: domain.domainName, restApi: args.restApiId, stageName: args.stageName },
      parent,
    );
    new aws.route53.Record(
      name,
      {
        zoneId: args.zoneId,
        name: args.domainName,
        type: 'A',
        setIdentifier: args.region,
        latencyRoutingPolicies: [{ region: args.region }],
        healthCheckId: args.healthCheckId,
        aliases: [{ name: domain.regionalDomainName, zoneId: domain.regionalZoneId, evaluateTargetHealth: true }],
      },
      parent,
    );
    this.url = pulumi.interpolate`https://${domain.domainName}`;
    this.registerOutputs({ url: this.url });
  }
}
