import type * as pulumi from '@pulumi/pulumi';
import { grantKeyThrough } from '../governance/key.ts';
import { grantWriteUnder, s3Uri, type ObjectPrefix } from '../iam/object-prefix.ts';
import type { Placement } from '../iam/placement.ts';
import type { Statement } from '../iam/statement.ts';

/** A sample of what the endpoint is asked and answers, for monitoring. It holds prompts: the bucket's readers read them. */
export interface DataCapture {
  to: ObjectPrefix;
  /** Customer-managed key of that bucket. */
  keyArn: pulumi.Input<string>;
  /** Share of requests kept, 0 to 100. @default 10 */
  percent?: number;
}

export function captureConfig({ to, keyArn, percent }: DataCapture) {
  return {
    enableCapture: true,
    initialSamplingPercentage: percent ?? 10,
    destinationS3Uri: s3Uri(to),
    kmsKeyId: keyArn,
    captureOptions: [{ captureMode: 'Input' }, { captureMode: 'Output' }],
    // Kept as text rather than base64, so that a monitor can read them.
    captureContentTypeHeader: { jsonContentTypes: ['application/json', 'application/jsonlines'] },
  };
}

/** What the model's role needs for it. */
export function grantCapture(placement: Placement, { to, keyArn }: DataCapture): Statement[] {
  return [grantWriteUnder(placement, to), grantKeyThrough(keyArn, placement, 's3')];
}
