import { IngestLambdaEnvironment, parseEnvironment } from '@plinth/contracts';
import { chunkDocument } from '@plinth/retrieval/chunk';
import { createBoundedParser } from '@plinth/retrieval/parse';
import { createDynamoClient, openDynamoAudit } from '@plinth/stores/aws';
import { createWordPieceTokenizer } from '@plinth/tokens';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { composeIngestLambda } from './compose-lambda.ts';

/** Entry point on Lambda, fed by a queue of S3 events. Composed once a cold start. */
const environment = parseEnvironment(IngestLambdaEnvironment, process.env);
const region = process.env['AWS_REGION'] ?? 'us-east-1';
const tokens = createWordPieceTokenizer();
const bounds = {
  tokens,
  maxTokens: environment.PLINTH_CHUNK_TOKENS,
  overlapTokens: environment.PLINTH_CHUNK_OVERLAP_TOKENS,
};

const handle = await composeIngestLambda({
  environment,
  region,
  parser: createBoundedParser({ maxBytes: environment.PLINTH_MAX_DOCUMENT_BYTES }),
  chunk: (document) => chunkDocument(document, bounds),
  audit: openDynamoAudit({ client: createDynamoClient({ region }), auditTable: environment.PLINTH_AUDIT_TABLE }),
  log: (line) => void process.stdout.write(`${JSON.stringify(line)}\n`),
});

export const handler = (event: SQSEvent, context: Context): Promise<SQSBatchResponse> =>
  handle(event, () => context.getRemainingTimeInMillis());
