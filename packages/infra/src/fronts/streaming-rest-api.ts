import { createHash } from 'node:crypto';
import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import { LogGroup, type RetentionDays } from '../observability/log-group.ts';
import { gatewayResponses } from './gateway-responses.ts';
import { preflight } from './preflight.ts';
import { endpointOf, onlyThrough, type Reach } from './private-reach.ts';

/** How API Gateway itself checks a caller, before the function runs. There is no choice without a check. */
export type Authorization =
  /** ID tokens of Cognito user pools, in `Authorization`. */
  | { readonly kind: 'cognito'; readonly userPoolArns: readonly pulumi.Input<string>[] }
  /** AWS credentials (SigV4), for callers that have a role. */
  | { readonly kind: 'iam' };

export interface StreamingRestApiArgs {
  description: string;
  /** First part of every path served, for example `v1`; all below it goes to the function. */
  basePath: string;
  /** The function that answers, with its streaming ARN. */
  handler: { readonly functionName: pulumi.Input<string>; readonly responseStreamingInvokeArn: pulumi.Input<string> };
  authorization: Authorization;
  /** From where it can be reached; callers are asked who they are either way. @default public */
  reach?: Reach;
  /** Every call also names an application by `x-api-key`, which the usage plan counts. @default true */
  apiKeyRequired?: boolean;
  /** Milliseconds until a stream is cut, at most 900,000. @default 900_000 */
  timeoutMs?: number;
  /** Requests per second for all callers together, and how many may come at once beyond that. */
  throttle: { readonly ratePerSecond: number; readonly burst: number };
  webAclArn: pulumi.Input<string>;
  /** The one web origin that may call from a browser, for example `https://chat.example.com`. @default none */
  allowOrigin?: string;
  /** Physical name of the access log group. */
  logGroupName: pulumi.Input<string>;
  /** Customer-managed key whose policy lets CloudWatch Logs use it. */
  logKeyArn: pulumi.Input<string>;
  /** @default 90 */
  logRetentionDays?: RetentionDays;
}

const STAGE = 'live';
const LONGEST_STREAM_MS = 900_000;

/**
 * A REST API, regional or private, that passes a function's response on as it is written. REST, because only REST streams, takes a
 * WAF, has usage plans, and can be closed to everything but a VPC.
 */
export class StreamingRestApi extends pulumi.ComponentResource {
  /** Base URL, without a closing slash. */
  readonly url: pulumi.Output<string>;
  readonly restApiId: pulumi.Output<string>;
  readonly apiName: pulumi.Output<string>;
  readonly stageName: pulumi.Output<string>;

  constructor(name: string, args: StreamingRestApiArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const reach = args.reach ?? { kind: 'public' };
    refuseUnreachable(name, reach);
    super('plinth:fronts:StreamingRestApi', name, {}, opts);
    const parent = { parent: this };
    const timeoutMilliseconds = args.timeoutMs ?? LONGEST_STREAM_MS;
    const api = new aws.apigateway.RestApi(
      name,
      { description: args.description, endpointConfiguration: endpointOf(reach), apiKeySource: 'HEADER' },
      parent,
    );
    const base = new aws.apigateway.Resource(
      `${name}-base`,
      { restApi: api.id, parentId: api.rootResourceId, pathPart: args.basePath },
      parent,
    );
    const proxy = new aws.apigateway.Resource(
      `${name}-proxy`,
      { restApi: api.id, parentId: base.id, pathPart: '{proxy+}' },
      parent,
    );
    const method = new aws.apigateway.Method(
      name,
      {
        restApi: api.id,
        resourceId: proxy.id,
        httpMethod: 'ANY',
        apiKeyRequired: args.apiKeyRequired ?? true,
        ...this.#check(name, api.id, args.authorization),
      },
      parent,
    );
    const integration = new aws.apigateway.Integration(
      name,
      {
        restApi: api.id,
        resourceId: proxy.id,
        httpMethod: method.httpMethod,
        type: 'AWS_PROXY',
        integrationHttpMethod: 'POST',
        uri: args.handler.responseStreamingInvokeArn,
        responseTransferMode: 'STREAM',
        timeoutMilliseconds,
      },
      parent,
    );
    const { allowOrigin } = args;
    const routes: pulumi.Resource[] = [
      method,
      integration,
      ...gatewayResponses(name, api.id, allowOrigin, parent),
      ...(allowOrigin === undefined ? [] : preflight(`${name}-preflight`, api.id, proxy.id, allowOrigin, parent)),
    ];
    new aws.lambda.Permission(
      name,
      {
        action: 'lambda:InvokeFunction',
        function: args.handler.functionName,
        principal: 'apigateway.amazonaws.com',
        sourceArn: pulumi.interpolate`${api.executionArn}/${STAGE}/*/${args.basePath}/*`,
      },
      parent,
    );
    const guard = reach.kind === 'private' ? onlyThrough(name, api, reach.vpcEndpointIds, parent) : undefined;
    if (guard) routes.push(guard.resource);
    const stage = this.#stage(name, args, api, routes, timeoutMilliseconds, guard?.digest);
    this.url = stage.invokeUrl;
    this.restApiId = api.id;
    this.apiName = api.name;
    this.stageName = stage.stageName;
    this.registerOutputs({ url: this.url, restApiId: this.restApiId });
  }

  /** The part of the method that says who may call. */
  #check(name: string, restApi: pulumi.Input<string>, authorization: Authorization) {
    if (authorization.kind === 'iam') return { authorization: 'AWS_IAM' };
    const authorizer = new aws.apigateway.Authorizer(
      name,
      {
        restApi,
        type: 'COGNITO_USER_POOLS',
        providerArns: [...authorization.userPoolArns],
        identitySource: 'method.request.header.Authorization',
      },
      { parent: this },
    );
    return { authorization: 'COGNITO_USER_POOLS', authorizerId: authorizer.id };
  }

  #stage(
    name: string,
    args: StreamingRestApiArgs,
    api: aws.apigateway.RestApi,
    routes: pulumi.Resource[],
    timeoutMs: number,
    reachDigest: pulumi.Output<string> | undefined,
  ): aws.apigateway.Stage {
    const parent = { parent: this };
    // A deployment is a snapshot; without a trigger a change of the routes would never be served.
    const { basePath, allowOrigin, apiKeyRequired, authorization } = args;
    const definition = JSON.stringify({ basePath, allowOrigin, apiKeyRequired, kind: authorization.kind, timeoutMs });
    const deployment = new aws.apigateway.Deployment(
      name,
      {
        restApi: api.id,
        triggers: {
          definition: createHash('sha256').update(definition).digest('hex'),
          ...(reachDigest && { reach: reachDigest }),
        },
      },
      { parent: this, dependsOn: routes },
    );
    const logs = new LogGroup(
      `${name}-access`,
      { name: args.logGroupName, keyArn: args.logKeyArn, retentionDays: args.logRetentionDays ?? 90 },
      parent,
    );
    const stage = new aws.apigateway.Stage(
      name,
      {
        restApi: api.id,
        deployment: deployment.id,
        stageName: STAGE,
        xrayTracingEnabled: true,
        accessLogSettings: { destinationArn: logs.arn, format: ACCESS_LOG_FORMAT },
      },
      parent,
    );
    new aws.apigateway.MethodSettings(
      name,
      {
        restApi: api.id,
        stageName: stage.stageName,
        methodPath: '*/*',
        settings: {
          metricsEnabled: true,
          loggingLevel: 'ERROR',
          // Data tracing writes whole requests, prompts included, into a log.
          dataTraceEnabled: false,
          throttlingRateLimit: args.throttle.ratePerSecond,
          throttlingBurstLimit: args.throttle.burst,
        },
      },
      parent,
    );
    new aws.wafv2.WebAclAssociation(name, { resourceArn: stage.arn, webAclArn: args.webAclArn }, parent);
    return stage;
  }
}

function refuseUnreachable(name: string, reach: Reach): void {
  if (reach.kind === 'private' && reach.vpcEndpointIds.length === 0)
    throw new StackError(`REST API ${name} is private, but nobody could reach it: name at least one VPC endpoint.`);
}

/** What is known about a call without looking into it: who, when, how long, how it ended. */
const ACCESS_LOG_FORMAT = JSON.stringify({
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  ip: '$context.identity.sourceIp',
  application: '$context.identity.apiKeyId',
  principal: '$context.authorizer.claims.sub',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  bytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationMs: '$context.integrationLatency',
  waf: '$context.wafResponseCode',
  error: '$context.error.responseType',
  trace: '$context.xrayTraceId',
});
