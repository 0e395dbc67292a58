import { BucketEvents, PrivateBucket, WorkQueue, type Placement } from '@plinth/infra';
import type * as pulumi from '@pulumi/pulumi';
import type { EnterpriseRagConfig } from './config.ts';

/** Start of the keys of documents: what else lies in the bucket is nobody's to find. */
export const DOCUMENTS = 'documents/';
/** Seconds the ingest function may take over a batch of documents. */
export const INGEST_SECONDS = 300;

/** The documents, and the queue that hears of each that comes, changes or goes. */
export function documentStore(
  config: EnterpriseRagConfig,
  { placement, dataKeyArn }: { readonly placement: Placement; readonly dataKeyArn: pulumi.Output<string> },
  opts: pulumi.ComponentResourceOptions,
): { readonly documents: PrivateBucket; readonly changes: WorkQueue } {
  const documents = new PrivateBucket(
    'documents',
    {
      keyArn: dataKeyArn,
      expireAfterDays: config.documents.expireAfterDays,
      forceDestroy: config.tags.environment === 'dev',
    },
    opts,
  );
  const changes = new WorkQueue(
    'changes',
    {
      placement,
      keyArn: dataKeyArn,
      // Six times the function's timeout, as Lambda asks for.
      visibilitySeconds: 6 * INGEST_SECONDS,
      retentionDays: 13,
      senders: [{ service: 's3.amazonaws.com', sourceArn: documents.arn }],
    },
    opts,
  );
  new BucketEvents(
    'documents',
    { bucket: documents, queues: [{ queue: changes, prefix: DOCUMENTS, events: ['created', 'removed'] }] },
    opts,
  );
  return { documents, changes };
}
