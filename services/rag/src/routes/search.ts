import { SearchRequest, type FoundPassage, type Identity, type SearchResult } from '@plinth/contracts';
import { clientController, parseBody, type FrontApp, type FrontContext } from '@plinth/front';
import { NOTHING } from '@plinth/gateway';
import { documentUrl } from '@plinth/retrieval/answer';
import { readerOf, type Retriever, type ScoredPassage } from '@plinth/retrieval';
import { governed, type GovernedCallParts } from '../governed-call.ts';

export interface SearchRoutes extends GovernedCallParts {
  readonly identify: (context: FrontContext) => Promise<Identity>;
  readonly retriever: Retriever;
}

const BODY_BYTES = 256 * 1024;

/** POST /v1/search: passages the caller may read, with the scores they were found by. */
export function addSearch(app: FrontApp, routes: SearchRoutes): void {
  app.post('/v1/search', async (context) => {
    const { signal } = clientController(context);
    const identity = await routes.identify(context);
    const { query, ...search } = await parseBody(context, SearchRequest, BODY_BYTES);
    const call = {
      requestId: context.get('requestId'),
      action: 'search',
      identity,
      text: query,
      amount: NOTHING,
      signal,
    };
    const { passages, models } = await governed(routes, call, (text) =>
      routes.retriever.retrieve({ text, reader: readerOf(identity), ...search }, { signal }),
    );
    const result: SearchResult = { object: 'list', data: passages.map(foundPassage), models };
    return context.json(result);
  });
}

function foundPassage({ passage, ...placings }: ScoredPassage): FoundPassage {
  const { id, documentId, version, title, uri, headingPath, pages, start, end, text, metadata } = passage;
  return {
    passage_id: id,
    document_id: documentId,
    version,
    title,
    url: uri ?? documentUrl(documentId),
    heading_path: [...headingPath],
    ...(pages === undefined ? {} : { pages }),
    start,
    end,
    text,
    metadata,
    ...placings,
  };
}
