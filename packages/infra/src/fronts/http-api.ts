import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';
import { LogGroup, type RetentionDays } from '../observability/log-group.ts';

export interface HttpApiArgs {
  description: string;
  /** What is served, each as `<METHOD> <path>`, for example `POST /v1/embeddings`. Everything else is not found. */
  routes: readonly string[];
  /** The function that answers. */
  handler: { readonly functionName: pulumi.Input<string>; readonly arn: pulumi.Input<string> };
  /** Tokens let in on every route: any OIDC issuer, a Cognito user pool for one. There is no choice without a check. */
  tokens: {
    readonly issuer: pulumi.Input<string>;
    /** Clients the tokens are made out to; AWS checks `aud`, or `client_id` where that is missing. */
    readonly audiences: readonly pulumi.Input<string>[];
    /** Scopes of which an access token must carry one. @default none */
    readonly scopes?: readonly string[];
  };
  /** Milliseconds until a call is cut, at most 30,000: this kind of API does not stream. @default 29_000 */
  timeoutMs?: number;
  /** Requests per second of each route, and how many may come at once beyond that. */
  throttle: { readonly ratePerSecond: number; readonly burst: number };
  /** The one web origin that may call from a browser. @default none */
  allowOrigin?: string;
  /** Physical name of the access log group. */
  logGroupName: pulumi.Input<string>;
  /** Customer-managed key whose policy lets CloudWatch Logs use it. */
  logKeyArn: pulumi.Input<string>;
  /** @default 90 */
  logRetentionDays?: RetentionDays;
}

const ROUTE = /^(GET|POST|PUT|PATCH|DELETE) \/[\w{}+./:-]*$/;
const LONGEST_CALL_MS = 30_000;

/**
 * An HTTP API: cheaper by two thirds than a REST API and quicker, for short calls among services and signed-in people. It takes no
 * web ACL and no usage plan and does not stream, so a public front for chat is {@link StreamingRestApi}.
 */
export class HttpApi extends pulumi.ComponentResource {
  /** Base URL, without a closing slash. */
  readonly url: pulumi.Output<string>;
  readonly apiId: pulumi.Output<string>;
  readonly stageName: pulumi.Output<string>;

  constructor(name: string, args: HttpApiArgs, opts: pulumi.ComponentResourceOptions = {}) {
    refuseMistakes(name, args);
    super('plinth:fronts:HttpApi', name, {}, opts);
    const parent = { parent: this };
    const api = new aws.apigatewayv2.Api(
      name,
      {
        protocolType: 'HTTP',
        description: args.description,
        ...(args.allowOrigin !== undefined && {
          corsConfiguration: {
            allowOrigins: [args.allowOrigin],
            allowMethods: [...new Set(args.routes.map((route) => route.split(' ', 1).join()))],
            allowHeaders: ['authorization', 'content-type'],
            maxAge: 3600,
          },
        }),
      },
      parent,
    );
    const authorizer = new aws.apigatewayv2.Authorizer(
      name,
      {
        apiId: api.id,
        authorizerType: 'JWT',
        identitySources: ['$request.header.Authorization'],
        jwtConfiguration: { issuer: args.tokens.issuer, audiences: [...args.tokens.audiences] },
      },
      parent,
    );
    const integration = new aws.apigatewayv2.Integration(
      name,
      {
        apiId: api.id,
        integrationType: 'AWS_PROXY',
        integrationUri: args.handler.arn,
        payloadFormatVersion: '2.0',
        timeoutMilliseconds: args.timeoutMs ?? 29_000,
      },
      parent,
    );
    const routes = args.routes.map(
      (routeKey) =>
        new aws.apigatewayv2.Route(
          `${name}-${slug(routeKey)}`,
          {
            apiId: api.id,
            routeKey,
            target: pulumi.interpolate`integrations/${integration.id}`,
            authorizationType: 'JWT',
            authorizerId: authorizer.id,
            authorizationScopes: args.tokens.scopes && [...args.tokens.scopes],
          },
          parent,
        ),
    );
    const logs = new LogGroup(
      `${name}-access`,
      { name: args.logGroupName, keyArn: args.logKeyArn, retentionDays: args.logRetentionDays ?? 90 },
      parent,
    );
    const stage = new aws.apigatewayv2.Stage(
      name,
      {
        apiId: api.id,
        name: '$default',
        autoDeploy: true,
        accessLogSettings: { destinationArn: logs.arn, format: ACCESS_LOG_FORMAT },
        defaultRouteSettings: {
          detailedMetricsEnabled: true,
          throttlingRateLimit: args.throttle.ratePerSecond,
          throttlingBurstLimit: args.throttle.burst,
        },
      },
      { parent: this, dependsOn: routes },
    );
    new aws.lambda.Permission(
      name,
      {
        action: 'lambda:InvokeFunction',
        function: args.handler.functionName,
        principal: 'apigateway.amazonaws.com',
        sourceArn: pulumi.interpolate`${api.executionArn}/*/*`,
      },
      parent,
    );
    this.url = api.apiEndpoint;
    this.apiId = api.id;
    this.stageName = stage.name;
    this.registerOutputs({ url: this.url, apiId: this.apiId });
  }
}

function refuseMistakes(name: string, { routes, tokens, timeoutMs }: HttpApiArgs): void {
  const wrong = routes.find((route) => !ROUTE.test(route));
  if (wrong !== undefined)
    throw new StackError(
      `HTTP API ${name}: "${wrong}" is not a route. Write method and path, such as "POST /v1/embeddings".`,
    );
  if (routes.length === 0) throw new StackError(`HTTP API ${name} serves nothing. Name at least one route.`);
  if (tokens.audiences.length === 0)
    throw new StackError(`HTTP API ${name} would take tokens made out to anybody. Name at least one audience.`);
  if (timeoutMs !== undefined && timeoutMs > LONGEST_CALL_MS)
    throw new StackError(
      `HTTP API ${name}: a call lasts ${LONGEST_CALL_MS} ms at most. For longer ones use StreamingRestApi.`,
    );
}

/** `POST /v1/files/{id}` as part of a resource's name. */
function slug(route: string): string {
  return route
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/-$/, '');
}

/** What is known about a call without looking into it. */
const ACCESS_LOG_FORMAT = JSON.stringify({
  requestId: '$context.requestId',
  time: '$context.requestTimeEpoch',
  ip: '$context.identity.sourceIp',
  principal: '$context.authorizer.claims.sub',
  route: '$context.routeKey',
  status: '$context.status',
  bytes: '$context.responseLength',
  latencyMs: '$context.responseLatency',
  integrationMs: '$context.integrationLatency',
  error: '$context.error.responseType',
});
