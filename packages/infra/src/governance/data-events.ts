import * as pulumi from '@pulumi/pulumi';

/**
 * Kinds of resources of model services whose use CloudTrail records only when told to. Plain InvokeModel and Converse calls are
 * management events, and recorded anyway.
 * Source: "Logging data events" and "Monitor Amazon Bedrock API calls using CloudTrail", AWS documentation.
 */
export const MODEL_DATA_EVENTS = [
  'AWS::Bedrock::Model',
  'AWS::Bedrock::AsyncInvoke',
  'AWS::Bedrock::Guardrail',
  'AWS::Bedrock::KnowledgeBase',
  'AWS::Bedrock::AgentAlias',
  'AWS::Bedrock::InlineAgent',
  'AWS::Bedrock::FlowAlias',
  'AWS::Bedrock::PromptVersion',
  'AWS::SageMaker::Endpoint',
] as const;
export type ModelDataEvent = (typeof MODEL_DATA_EVENTS)[number];

export interface DataEvents {
  /** @default every kind of {@link MODEL_DATA_EVENTS} */
  readonly models?: readonly ModelDataEvent[];
  /** Buckets whose objects are watched, reads included. @default none */
  readonly bucketArns?: readonly pulumi.Input<string>[];
}

/** One selector a kind: CloudTrail takes a single resource type in each. */
export function eventSelectors(events: DataEvents, trailBucketArn: pulumi.Input<string>) {
  const objects = { field: 'resources.type', equals: ['AWS::S3::Object'] };
  const watched = events.bucketArns ?? [];
  return [
    { name: 'Everything done to the account', fieldSelectors: [{ field: 'eventCategory', equals: ['Management'] }] },
    ...(events.models ?? MODEL_DATA_EVENTS).map((type) => ({
      name: `Use of ${type}`,
      fieldSelectors: [DATA, { field: 'resources.type', equals: [type] }],
    })),
    {
      name: 'Use of the trail itself',
      fieldSelectors: [
        DATA,
        objects,
        { field: 'resources.ARN', startsWiths: [pulumi.interpolate`${trailBucketArn}/`] },
        // Its own deliveries are PutObject: recording those would be an event that makes an event, for ever.
        { field: 'eventName', notEquals: ['PutObject'] },
      ],
    },
    ...(watched.length === 0
      ? []
      : [
          {
            name: 'Use of data',
            fieldSelectors: [
              DATA,
              objects,
              { field: 'resources.ARN', startsWiths: watched.map((arn) => pulumi.interpolate`${arn}/`) },
            ],
          },
        ]),
  ];
}

const DATA = { field: 'eventCategory', equals: ['Data'] };
