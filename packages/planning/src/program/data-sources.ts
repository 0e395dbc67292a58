import { PlatformError } from '@plinth/contracts';
import { parseAllDocuments } from 'yaml';
import { PLAN_ACCOUNT } from './stand-ins.ts';

type Answer = (args: Record<string, unknown>, region: string) => Record<string, unknown>;

const partitionOf = (region: string) =>
  region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
const suffixOf = (region: string) => (region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com');

/** What AWS would answer, as far as it can be told without asking. */
const ANSWERS: Readonly<Record<string, Answer>> = {
  'aws:index/getCallerIdentity:getCallerIdentity': (_, region) => ({
    accountId: PLAN_ACCOUNT,
    arn: `arn:${partitionOf(region)}:sts::${PLAN_ACCOUNT}:assumed-role/plan/plan`,
    id: PLAN_ACCOUNT,
    userId: 'plan',
  }),
  'aws:index/getRegion:getRegion': ({ region: asked }, region) => ({
    id: asked ?? region,
    name: asked ?? region,
    region: asked ?? region,
    description: String(asked ?? region),
    endpoint: `ec2.${String(asked ?? region)}.${suffixOf(region)}`,
  }),
  'aws:index/getPartition:getPartition': (_, region) => ({
    id: partitionOf(region),
    partition: partitionOf(region),
    dnsSuffix: suffixOf(region),
    reverseDnsPrefix: region.startsWith('cn-') ? 'cn.com.amazonaws' : 'com.amazonaws',
  }),
  'aws:index/getAvailabilityZones:getAvailabilityZones': (_, region) => ({
    id: region,
    region,
    names: ['a', 'b', 'c'].map((letter) => `${region}${letter}`),
    zoneIds: ['az1', 'az2', 'az3'],
    groupNames: [region],
  }),
  'kubernetes:yaml:decode': ({ text }) => ({
    result: parseAllDocuments(String(text)).map((document): unknown => document.toJS()),
  }),
  'aws:iam/getPolicyDocument:getPolicyDocument': (args) => {
    const json = JSON.stringify(policyDocument(args));
    return { ...args, id: '0', json, minifiedJson: json };
  },
};

/** Look-ups whose answer only AWS has, yet is sure to have: what a plan says of them is unknown, and followed as an output is. */
export const AWS_LOOKUPS: Readonly<Record<string, AwsLookup>> = {
  // Recommended images are published under public parameters.
  'aws:ssm/getParameter:getParameter': { called: ({ name }) => String(name), outputs: ['arn', 'id', 'value'] },
  'aws:ec2/getPrefixList:getPrefixList': { called: ({ name }) => String(name), outputs: ['id', 'prefixListId'] },
  'aws:ec2/getManagedPrefixList:getManagedPrefixList': {
    called: ({ name }) => String(name),
    outputs: ['id', 'arn'],
  },
  'aws:outposts/getOutpost:getOutpost': {
    called: ({ id, arn, name }) => String(id ?? arn ?? name),
    outputs: ['id', 'arn'],
  },
  'aws:kms/getPublicKey:getPublicKey': {
    called: ({ keyId }) => String(keyId),
    outputs: ['id', 'arn', 'publicKey', 'publicKeyPem'],
  },
  'aws:eks/getCluster:getCluster': {
    called: ({ name }) => String(name),
    outputs: ['id', 'arn', 'clusterId', 'endpoint', 'certificateAuthorities'],
  },
  'aws:secretsmanager/getSecretVersion:getSecretVersion': {
    called: ({ secretId }) => String(secretId),
    outputs: ['id', 'arn', 'secretString'],
  },
};

interface AwsLookup {
  /** What the program asks for, for a reader. */
  readonly called: (args: Record<string, unknown>) => string;
  readonly outputs: readonly string[];
}

/** @throws PlatformError `configuration` for a function nobody can answer offline */
export function answerOffline(token: string, args: Record<string, unknown>, region: string): Record<string, unknown> {
  const answer = ANSWERS[token];
  if (answer !== undefined) return answer(args, region);
  throw new PlatformError(
    'configuration',
    `The program asks ${token}, and a plan has nobody to ask. Add an answer in packages/planning/src/program/data-sources.ts, or take the value from the stack's configuration.`,
  );
}

function policyDocument(args: Record<string, unknown>): object {
  const statements = Array.isArray(args['statements']) ? (args['statements'] as Record<string, unknown>[]) : [];
  return { Version: args['version'] ?? '2012-10-17', Id: args['policyId'], Statement: statements.map(statement) };
}

function statement(from: Record<string, unknown>): object {
  const conditions: Record<string, Record<string, unknown>> = {};
  for (const { test, variable, values } of listOf(from['conditions']))
    conditions[String(test)] = { ...conditions[String(test)], [String(variable)]: values };
  const principals = listOf(from['principals']).map(({ type, identifiers }) => [String(type), identifiers]);
  return {
    Sid: from['sid'],
    Effect: from['effect'] ?? 'Allow',
    Action: from['actions'],
    NotAction: from['notActions'],
    Resource: from['resources'],
    NotResource: from['notResources'],
    Principal: principals.length > 0 ? Object.fromEntries(principals) : undefined,
    Condition: Object.keys(conditions).length > 0 ? conditions : undefined,
  };
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
}
