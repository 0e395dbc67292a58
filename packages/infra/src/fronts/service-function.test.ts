import { ChatLambdaEnvironment } from '@plinth/contracts';
import { describe, expect, expectTypeOf, it } from 'vitest';
import { KEY_ARN } from '../testing/fixtures.ts';
import { only, registered, statementsOf, unjustifiedWildcards } from '../testing/index.ts';
import { ServiceFunction, type ServiceEnvironment, type ServiceFunctionArgs } from './service-function.ts';

type Chat = typeof ChatLambdaEnvironment;

const ENVIRONMENT: ServiceEnvironment<Chat> = {
  PLINTH_CATALOG: '[]',
  PLINTH_LEDGER_TABLE: 'ledger',
  PLINTH_RECORDS_TABLE: 'records',
  PLINTH_AUDIT_TABLE: 'audit',
};
const ARGS: ServiceFunctionArgs<Chat> = {
  description: 'Test.',
  bundle: 'dist',
  handler: 'index.handler',
  contract: ChatLambdaEnvironment,
  environment: ENVIRONMENT,
  environmentKeyArn: KEY_ARN,
  logGroupName: '/plinth/test/chat',
  logKeyArn: KEY_ARN,
  statements: [{ Sid: 'Read', Effect: 'Allow', Action: ['dynamodb:GetItem'], Resource: ['arn:table'] }],
  reservedConcurrency: 5,
};
const service = () => registered(() => new ServiceFunction('chat', ARGS));

describe('ServiceFunction', () => {
  it('runs a supported Node.js on Graviton, traced, capped, its environment encrypted under our key', async () => {
    expect(only(await service(), 'aws:lambda/function:Function').inputs).toMatchObject({
      runtime: 'nodejs22.x',
      architectures: ['arm64'],
      reservedConcurrentExecutions: 5,
      tracingConfig: { mode: 'Active' },
      kmsKeyArn: KEY_ARN,
      environment: { variables: ENVIRONMENT },
      loggingConfig: { logFormat: 'JSON', logGroup: '/plinth/test/chat' },
    });
  });

  it('may write its own logs and traces, and do what it was given, and nothing else', async () => {
    const granted = statementsOf(await service()).filter(({ resource }) => resource.startsWith('aws:iam/rolePolicy'));
    expect(granted.map(({ Sid }) => Sid)).toEqual(['WriteLogs', 'WriteTraces', 'Read']);
  });

  it('stands in a VPC where one is given, with interfaces that Lambda may make and its own code may not', async () => {
    const network = { subnetIds: ['subnet-1', 'subnet-2'], securityGroupIds: ['sg-1'] };
    const resources = await registered(() => new ServiceFunction('chat', { ...ARGS, network }));
    expect(only(resources, 'aws:lambda/function:Function').inputs['vpcConfig']).toEqual(network);
    const [lambda, code] = statementsOf(resources).filter(({ Action }) =>
      Action.includes('ec2:CreateNetworkInterface'),
    );
    expect(lambda).toMatchObject({ Effect: 'Allow' });
    expect(code).toMatchObject({
      Effect: 'Deny',
      Action: lambda?.Action,
      Condition: { Null: { 'lambda:SourceFunctionArn': 'false' } },
    });
    expect(unjustifiedWildcards(resources)).toEqual([]);
    expect(only(await service(), 'aws:lambda/function:Function').inputs).not.toHaveProperty('vpcConfig');
  });

  it('does not compile without a variable that its contract demands', () => {
    const { PLINTH_AUDIT_TABLE: _left, ...incomplete } = ENVIRONMENT;
    // @ts-expect-error PLINTH_AUDIT_TABLE is missing
    const wrong: ServiceEnvironment<Chat> = incomplete;
    expect(wrong).not.toHaveProperty('PLINTH_AUDIT_TABLE');
  });

  it('does not compile with a variable that its contract does not know', () => {
    // @ts-expect-error PLINTH_LEDGER is no variable of the contract
    const wrong: ServiceEnvironment<Chat> = { ...ENVIRONMENT, PLINTH_LEDGER: 'ledger' };
    expect(wrong).toHaveProperty('PLINTH_LEDGER');
  });

  it('asks for variables without a default, and allows the others', () => {
    expectTypeOf<ServiceEnvironment<Chat>>().toHaveProperty('PLINTH_CATALOG');
    expectTypeOf<undefined>().toExtend<ServiceEnvironment<Chat>['PLINTH_LOG_LEVEL']>();
    expectTypeOf<undefined>().not.toExtend<ServiceEnvironment<Chat>['PLINTH_LEDGER_TABLE']>();
  });
});
