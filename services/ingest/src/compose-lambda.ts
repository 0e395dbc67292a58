import { randomUUID } from 'node:crypto';
import { PlatformError, type IngestLambdaEnvironment } from '@plinth/contracts';
import { createBedrockRuntime } from '@plinth/models/bedrock';
import { createSageMakerRuntime } from '@plinth/models/sagemaker';
import {
  openEmbedder,
  openPostgresDatabase,
  SqlDocumentIndex,
  type Chunk,
  type DocumentParser,
  type ParsedDocument,
} from '@plinth/retrieval';
import { lambdaAuthorities } from '@plinth/retrieval/aws';
import type { AuditLog } from '@plinth/stores';
import { createS3Client, openS3Objects } from '@plinth/stores/objects/aws';
import { MOST_LEASES } from './compose.ts';
import { createQueueHandler, type QueueHandlerOptions } from './s3/queue-handler.ts';
import { createIngest } from './work/ingester.ts';

export interface IngestLambdaParts {
  readonly environment: IngestLambdaEnvironment;
  readonly region: string;
  readonly parser: DocumentParser;
  readonly chunk: (document: ParsedDocument) => readonly Chunk[];
  readonly audit: Pick<AuditLog, 'append'>;
  readonly log: QueueHandlerOptions['log'];
}

/** Ingest on Lambda, out of its parts, once a cold start. Throws `configuration` for an index that fills itself. */
export async function composeIngestLambda(parts: IngestLambdaParts): Promise<ReturnType<typeof createQueueHandler>> {
  const { environment, region, parser, chunk, audit, log } = parts;
  const target = environment.PLINTH_INDEX;
  if (target.kind !== 'aurora')
    throw new PlatformError(
      'configuration',
      'A knowledge base reads its bucket by itself: PLINTH_INDEX must be of kind "aurora" here.',
    );
  const database = openPostgresDatabase({
    target: { kind: 'iam', reference: target.database, region, ca: lambdaAuthorities() },
    connections: 4,
  });
  const embedder = await openEmbedder(target.embedding, {
    bedrock: createBedrockRuntime({ region }),
    sagemaker: createSageMakerRuntime({ region }),
  });
  const index = new SqlDocumentIndex({ database, model: embedder.model, maxAttempts: MOST_LEASES });
  const { bucket, prefix } = environment.PLINTH_DOCUMENTS;
  const objects = openS3Objects({ client: createS3Client({ region }), bucket, prefix });
  const maxBytes = environment.PLINTH_MAX_DOCUMENT_BYTES;
  return createQueueHandler({
    bucket,
    prefix,
    objects,
    index,
    maxBytes,
    audit,
    log,
    now: Date.now,
    worker: {
      index,
      ingest: createIngest({ index, objects, parser, chunk, embedder, maxBytes }),
      name: `lambda-${randomUUID()}`,
      onError: (error) => {
        const { message, code } = PlatformError.from(error);
        log({ level: 'error', message, code });
      },
    },
  });
}
