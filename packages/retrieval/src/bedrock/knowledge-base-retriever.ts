import type {
  BedrockAgentRuntimeClient,
  KnowledgeBaseRetrievalResult,
  RetrievalFilter,
} from '@aws-sdk/client-bedrock-agent-runtime';
import { PlatformError } from '@plinth/contracts';
import type {
  MetadataFilter,
  Passage,
  Reader,
  Retrieval,
  RetrievalQuery,
  Retriever,
  ScoredPassage,
} from '../ports/retriever.ts';

export interface KnowledgeBaseRetrieverOptions {
  readonly client: () => Promise<Client> | Client;
  readonly knowledgeBaseId: string;
  /** Longest a call may take, milliseconds. @default 20_000 */
  readonly timeoutMs?: number;
}

type Client = Pick<BedrockAgentRuntimeClient, 'send'>;

/** Names of the metadata that the ingest function writes beside every document. */
const TENANT = 'tenant';
const GROUPS = 'groups';
/** The service takes a question of at most 1,000 characters and gives at most 100 results. */
const MAX_QUESTION = 1_000;
const MAX_RESULTS = 100;

/**
 * Bedrock's knowledge base as a retriever. Who may read what is a filter that we send, and nothing enforces it there: so tenant and groups of every
 * result are looked at again before it is returned, and a result that does not say whose it is is nobody's. It searches by meaning alone; a `lexical`
 * query is refused. Versions are not its concern: every passage is of version 1, and a passage's offsets are its own text's.
 */
export class KnowledgeBaseRetriever implements Retriever {
  readonly #options: KnowledgeBaseRetrieverOptions;

  constructor(options: KnowledgeBaseRetrieverOptions) {
    this.#options = options;
  }

  async retrieve(query: RetrievalQuery, { signal }: { readonly signal: AbortSignal }): Promise<Retrieval> {
    const { reader, limit, method, filter } = query;
    if (method === 'lexical')
      throw new PlatformError('unsupported_feature', 'This index searches by meaning. Use "dense" or "hybrid".', {
        param: 'method',
      });
    if (reader.groups.length === 0) return { passages: [], models: {} };
    const results = await this.#ask(query.text, Math.min(limit, MAX_RESULTS), filterFor(reader, filter), signal);
    const passages = results
      .filter((result) => mayRead(reader, result))
      .map((result, index): ScoredPassage => {
        const placing = { rank: index + 1, score: result.score ?? 0 };
        return { passage: passageOf(result, index), dense: placing, fused: placing };
      });
    return { passages, models: {} };
  }

  async #ask(
    text: string,
    numberOfResults: number,
    filter: RetrievalFilter,
    signal: AbortSignal,
  ): Promise<readonly KnowledgeBaseRetrievalResult[]> {
    const { client, knowledgeBaseId, timeoutMs = 20_000 } = this.#options;
    const { RetrieveCommand } = await import('@aws-sdk/client-bedrock-agent-runtime');
    const command = new RetrieveCommand({
      knowledgeBaseId,
      retrievalQuery: { text: text.slice(0, MAX_QUESTION) },
      retrievalConfiguration: { vectorSearchConfiguration: { numberOfResults, filter } },
    });
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const answer = await (await client()).send(command, { abortSignal: AbortSignal.any([signal, timeout]) });
      return answer.retrievalResults ?? [];
    } catch (error) {
      signal.throwIfAborted();
      throw failureOf(error, timeout.aborted);
    }
  }
}

/** Tenant, and at least one of the groups, and what the caller asked for. */
export function filterFor({ tenant, groups }: Reader, filter: MetadataFilter = {}): RetrievalFilter {
  const ofGroups = groups.map((value): RetrievalFilter => ({ listContains: { key: GROUPS, value } }));
  const asked = Object.entries(filter).map(([key, value]): RetrievalFilter => {
    if (key === TENANT || key === GROUPS)
      throw new PlatformError('invalid_request', `Passages cannot be filtered by "${key}".`, {
        param: `filter.${key}`,
      });
    return typeof value === 'object' ? { in: { key, value: [...value] } } : { equals: { key, value } };
  });
  return { andAll: [{ equals: { key: TENANT, value: tenant } }, anyOf(ofGroups), ...asked] };
}

/** The service wants two members at least in a choice. */
function anyOf(filters: RetrievalFilter[]): RetrievalFilter {
  return filters.length === 1 ? filters[0]! : { orAll: filters };
}

function mayRead(reader: Reader, { metadata }: KnowledgeBaseRetrievalResult): boolean {
  const groups: unknown = metadata?.[GROUPS];
  return (
    metadata?.[TENANT] === reader.tenant &&
    Array.isArray(groups) &&
    groups.some((group) => typeof group === 'string' && reader.groups.includes(group))
  );
}

function passageOf(result: KnowledgeBaseRetrievalResult, index: number): Passage {
  const metadata = result.metadata ?? {};
  const text = result.content?.text ?? '';
  const uri = result.location?.s3Location?.uri ?? result.location?.webLocation?.url;
  const documentId = asText(metadata['x-amz-bedrock-kb-source-uri']) ?? uri ?? `result-${index + 1}`;
  const page = Number(metadata['x-amz-bedrock-kb-document-page-number']);
  const known = Number.isInteger(page) && page > 0;
  return {
    id: asText(metadata['x-amz-bedrock-kb-chunk-id']) ?? `${documentId}#${index + 1}`,
    documentId,
    version: 1,
    ordinal: index,
    title: asText(metadata['title']) ?? documentId.slice(documentId.lastIndexOf('/') + 1),
    // An s3:// address opens in no browser.
    uri: uri?.startsWith('http') === true ? uri : undefined,
    headingPath: [],
    text,
    start: 0,
    end: text.length,
    ...(known ? { pages: { first: page, last: page } } : {}),
    tokens: Math.ceil(text.length / 4),
    metadata: Object.fromEntries(
      Object.entries(metadata).filter(([key]) => !key.startsWith('x-amz-') && key !== TENANT && key !== GROUPS),
    ),
  };
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function failureOf(error: unknown, timedOut: boolean): PlatformError {
  const cause = { cause: error };
  if (timedOut)
    return new PlatformError('upstream_timeout', 'The knowledge base did not answer in time. Retry shortly.', cause);
  const { name, $metadata } = error as { name?: string; $metadata?: { httpStatusCode?: number } };
  if (name === 'ThrottlingException' || name === 'ServiceQuotaExceededException')
    return new PlatformError('upstream_throttled', 'The knowledge base is busy. Retry shortly.', cause);
  if (name === 'AccessDeniedException' || name === 'ResourceNotFoundException' || name === 'ValidationException')
    return new PlatformError(
      'upstream_rejected',
      `The knowledge base refused the search (${name}). Check its id and the role's rights.`,
      cause,
    );
  const status = $metadata?.httpStatusCode ?? 500;
  return new PlatformError(
    status >= 500 ? 'upstream_failed' : 'upstream_rejected',
    'The knowledge base did not answer. Retry shortly.',
    cause,
  );
}
