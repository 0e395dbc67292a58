import * as aws from '@pulumi/aws';
import * as pulumi from '@pulumi/pulumi';
import type { PrivateBucket } from './private-bucket.ts';
import type { WorkQueue } from './work-queue.ts';

/** What is heard of: new objects, whichever way they come, or objects that are gone, deleted or expired. */
export type BucketEvent = 'created' | 'removed';

export interface BucketEventsArgs {
  bucket: Pick<PrivateBucket, 'bucketName'>;
  queues: readonly {
    /** Made with the bucket among its `senders`. */
    readonly queue: Pick<WorkQueue, 'arn' | 'policy'>;
    /** Start of the keys that are heard of, for example `incoming/`. @default every key */
    readonly prefix?: string;
    /** End of the keys, for example `.pdf`. @default every key */
    readonly suffix?: string;
    /** @default ['created'] */
    readonly events?: readonly BucketEvent[];
  }[];
}

const NAMES = {
  created: ['s3:ObjectCreated:*'],
  // What a lifecycle rule takes away is announced apart from what somebody deletes.
  removed: ['s3:ObjectRemoved:*', 's3:LifecycleExpiration:*'],
} as const satisfies Record<BucketEvent, readonly string[]>;

/** Tells queues what happens in a bucket. S3 keeps one such list a bucket: make one of these for each. */
export class BucketEvents extends pulumi.ComponentResource {
  constructor(name: string, args: BucketEventsArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super('plinth:data:BucketEvents', name, {}, opts);
    new aws.s3.BucketNotification(
      name,
      {
        bucket: args.bucket.bucketName,
        queues: args.queues.map(({ queue, prefix, suffix, events = ['created'] }) => ({
          queueArn: queue.arn,
          events: events.flatMap((event) => NAMES[event]),
          ...(prefix !== undefined && { filterPrefix: prefix }),
          ...(suffix !== undefined && { filterSuffix: suffix }),
        })),
      },
      // S3 tries to send before it takes the list.
      { parent: this, dependsOn: args.queues.map(({ queue }) => queue.policy) },
    );
    this.registerOutputs({});
  }
}
