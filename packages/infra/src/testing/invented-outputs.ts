/** The account and Region of everything invented. */
export const ACCOUNT = '123456789012';
export const REGION = 'us-east-1';

/** What a resource is made of, as it crosses the wire. */
export type Value = string | number | boolean | null | Value[] | { [key: string]: Value };
export type Properties = Readonly<Record<string, Value>>;

interface Created {
  readonly id: string;
  readonly name: string;
  readonly inputs: Properties;
}

/** What only AWS can tell of a resource, beside its ARN, by Pulumi type. */
const SPECIAL: Readonly<Record<string, (created: Created) => Properties>> = {
  'aws:apigateway/apiKey:ApiKey': ({ id }) => ({ value: `${id}-not-a-secret` }),
  'aws:apigateway/restApi:RestApi': ({ id }) => ({
    rootResourceId: `${id}-root`,
    executionArn: `arn:aws:execute-api:${REGION}:${ACCOUNT}:${id}`,
  }),
  'aws:apigateway/stage:Stage': ({ inputs }) => ({
    invokeUrl: `https://${String(inputs['restApi'])}.execute-api.${REGION}.amazonaws.com/${String(inputs['stageName'])}`,
  }),
  'aws:bedrock/guardrail:Guardrail': ({ id }) => ({
    guardrailId: id,
    guardrailArn: `arn:aws:bedrock:${REGION}:${ACCOUNT}:guardrail/${id}`,
  }),
  'aws:bedrock/guardrailVersion:GuardrailVersion': () => ({ version: '1' }),
  'aws:kms/key:Key': ({ id }) => ({ keyId: id }),
  'aws:lambda/function:Function': ({ id }) => ({
    invokeArn: `arn:aws:apigateway:${REGION}:lambda:path/2015-03-31/functions/${id}/invocations`,
    responseStreamingInvokeArn: `arn:aws:apigateway:${REGION}:lambda:path/2021-11-15/functions/${id}/response-streaming-invocations`,
  }),
  'aws:s3/bucket:Bucket': ({ id }) => ({ bucket: id }),
};

/** The outputs of a resource as it would stand after creation: its inputs, and what AWS adds. */
export function outputsOf(type: string, created: Created): Properties {
  const [, service = 'unknown'] = /^aws:([^/:]+)/.exec(type) ?? [];
  return {
    arn: `arn:aws:${service}:${REGION}:${ACCOUNT}:${created.id}`,
    name: created.id,
    tagsAll: created.inputs['tags'] ?? {},
    ...SPECIAL[type]?.(created),
    ...created.inputs,
  };
}

/** Inputs whose change AWS cannot make in place, of the types the stacks use. */
export const REPLACING: Readonly<Record<string, readonly string[]>> = {
  'aws:apigateway/deployment:Deployment': ['restApi', 'triggers'],
  'aws:bedrock/guardrailVersion:GuardrailVersion': ['guardrailArn', 'description'],
  'aws:bedrock/inferenceProfile:InferenceProfile': ['modelSource', 'description'],
  'aws:dynamodb/table:Table': ['hashKey', 'rangeKey'],
};

/** Answers of AWS to questions a program asks while it runs. */
export const ANSWERS: Readonly<Record<string, Properties>> = {
  'aws:index/getCallerIdentity:getCallerIdentity': {
    id: ACCOUNT,
    accountId: ACCOUNT,
    arn: `arn:aws:iam::${ACCOUNT}:user/engine-test`,
    userId: 'engine-test',
  },
};
