import type { Estimator } from '../estimator.ts';
import * as apiGateway from './api-gateway.ts';
import * as aurora from './aurora.ts';
import * as bedrock from './bedrock.ts';
import { cognito } from './cognito.ts';
import * as containers from './containers.ts';
import { dynamodb } from './dynamodb.ts';
import { lambda } from './lambda.ts';
import * as machines from './machines.ts';
import * as network from './network.ts';
import * as observability from './observability.ts';
import * as sagemaker from './sagemaker.ts';
import * as security from './security.ts';
import * as storage from './storage.ts';
import { waf } from './waf.ts';
import * as workflows from './workflows.ts';

const ALL: readonly Estimator[] = [
  lambda,
  cognito,
  dynamodb,
  waf,
  ...Object.values(apiGateway),
  ...Object.values(aurora),
  ...Object.values(bedrock),
  ...Object.values(containers),
  ...Object.values(machines),
  ...Object.values(network),
  ...Object.values(observability),
  ...Object.values(sagemaker),
  ...Object.values(security),
  ...Object.values(storage),
  ...Object.values(workflows),
];

/** By Pulumi type token. */
export const ESTIMATORS: ReadonlyMap<string, Estimator> = new Map(
  ALL.flatMap((estimator) => estimator.types.map((type) => [type, estimator] as const)),
);
