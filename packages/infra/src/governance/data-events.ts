import * as pulumi from '@pulumi/pulumi';
import { BUCKET_PREFIX } from '../data/bucket-name.ts';
import type { Placement } from '../iam/placement.ts';

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
  /** Whether every object that is read, written or deleted in a bucket of the platform is recorded, whichever stack it is of. @default true */
  readonly buckets?: boolean;
}

/** One selector a kind: CloudTrail takes a single resource type in each. */
export function eventSelectors(
  events: DataEvents,
  trailBucketArn: pulumi.Input<string>,
  { partition }: Pick<Placement, 'partition'>,
) {
  const objects = { field: 'resources.type', equals: ['AWS::S3::Object'] };
  const trail = pulumi.interpolate`${trailBucketArn}/`;
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
        { field: 'resources.ARN', startsWiths: [trail] },
        // Its own deliveries are PutObject: recording those would be an event that makes an event, for ever.
        { field: 'eventName', notEquals: ['PutObject'] },
      ],
    },
    ...((events.buckets ?? true)
      ? [
          {
            name: 'Use of data',
            fieldSelectors: [
              DATA,
              objects,
              {
                field: 'resources.ARN',
                startsWiths: [`arn:${partition}:s3:::${BUCKET_PREFIX}`],
                notStartsWiths: [trail],
              },
            ],
          },
        ]
      : []),
  ];
}

const DATA = { field: 'eventCategory', equals: ['Data'] };
