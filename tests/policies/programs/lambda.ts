import * as aws from '@pulumi/aws';
import { program } from '../program.ts';

const KEY = 'arn:aws:kms:us-east-1:123456789012:key/data';

const chat = (changes: Partial<aws.lambda.FunctionArgs>) =>
  new aws.lambda.Function('chat', { role: 'arn:aws:iam::123456789012:role/chat', runtime: 'nodejs22.x', ...changes });
const front = (changes: object) =>
  chat({
    environment: {
      variables: {
        PLINTH_CATALOG: JSON.stringify([
          {
            id: 'nova',
            maxPromptTokens: 8_000,
            maxCompletionTokens: 1_000,
            target: { kind: 'bedrock', modelId: 'us.amazon.nova-lite-v1:0', guardrail: { id: 'abc', version: '3' } },
            ...changes,
          },
        ]),
      },
    },
  });

export const programs = [
  program('an environment under no key of ours', ['lambda-environment-encryption'], (sound) =>
    chat({ environment: { variables: { TABLE: 'records' } }, ...(sound && { kmsKeyArn: KEY }) }),
  ),
  program('a secret in an environment', ['lambda-no-environment-secrets'], (sound) =>
    chat({ environment: { variables: sound ? { SECRET_NAME: 'chat/key' } : { API_KEY: 'k3y' } } }),
  ),
  program('a runtime past its end', ['lambda-supported-runtime'], (sound) =>
    chat({ runtime: sound ? 'nodejs22.x' : 'nodejs18.x' }),
  ),
  program('a function without a cap', ['lambda-reserved-concurrency'], (sound) =>
    chat(sound ? { reservedConcurrentExecutions: 20 } : {}),
  ),
  program('a function URL for everybody', ['lambda-function-url-authorization'], (sound) => {
    new aws.lambda.FunctionUrl('chat', { functionName: 'chat', authorizationType: sound ? 'AWS_IAM' : 'NONE' });
  }),
  program('the draft of a guardrail', ['front-pinned-guardrail'], (sound) => {
    const version = sound ? '3' : 'DRAFT';
    front({ target: { kind: 'bedrock', modelId: 'us.amazon.nova-lite-v1:0', guardrail: { id: 'abc', version } } });
  }),
  program('a front without a limit on answers', ['front-token-limits'], (sound) =>
    front(sound ? {} : { maxCompletionTokens: undefined }),
  ),
];
