import type { Identity } from '@plinth/contracts';
import {
  addChatCompletions,
  addModels,
  createFrontApp,
  identityOf,
  type FrontApp,
  type FrontContext,
  type FrontOptions,
} from '@plinth/front';
import { addDocumentRoutes, type Documents } from '@plinth/ingest';
import type { AnswerStore, Database } from '@plinth/retrieval';
import type { ReadCitedTexts } from '@plinth/retrieval/answer';
import type { RagPlatform } from './compose.ts';
import { addEvaluationRoutes, type EvaluationRoutes } from './evaluation-routes.ts';
import { addMonitorRoutes, type MonitorRoutes } from './monitor-routes.ts';
import { addAnswers } from './routes/answers.ts';
import { addEmbeddings } from './routes/embeddings.ts';
import { addSearch } from './routes/search.ts';

export interface RagAppOptions extends Omit<FrontOptions, 'openApi' | 'logError'>, RagPlatform {
  /** Absent where answers are not kept: then they cannot be explained. */
  readonly kept?: { readonly answers: AnswerStore; readonly readCitedTexts: ReadCitedTexts };
  /** Absent where documents come by another way than this service. */
  readonly documents?: Documents;
  /** Absent where nothing is monitored from here. */
  readonly database?: Database;
  readonly evaluationSets?: EvaluationRoutes['sets'];
  readonly onFeedback?: (rating: 'up' | 'down') => void;
  readonly onMonitored?: MonitorRoutes['observe'];
}

/** Answers from documents, in OpenAI's shapes, and what explains, rates and measures them. On Node and on Lambda alike. */
export function createRagApp(options: RagAppOptions): FrontApp {
  const openApi = async () => (await import('./openapi.ts')).openApiDocument();
  const { retriever, embedder, kept, documents, database, gateway, trial, router, clock, evaluationSets } = options;
  const identify = (context: FrontContext): Promise<Identity> => identityOf(context, options.identify);
  const governed = { admission: options.admission, audit: options.audit, guard: options.guard, clock, identify };
  return createFrontApp({ ...options, openApi }, (app) => {
    addChatCompletions(app, options);
    addModels(app, options);
    addSearch(app, { ...governed, retriever });
    // Where the index embeds by itself there is nothing to embed by.
    if (embedder !== undefined) addEmbeddings(app, { ...governed, embedder });
    if (kept !== undefined)
      addAnswers(app, { ...kept, identify, trial, embedder, onFeedback: options.onFeedback, now: () => clock.now() });
    addEvaluationRoutes(app, {
      identify,
      retriever,
      governed,
      gateway,
      model: router.catalog[0]?.id,
      sets: evaluationSets,
    });
    if (documents !== undefined) addDocumentRoutes(app, { ...documents, identify });
    if (database !== undefined) addMonitorRoutes(app, { identify, database, observe: options.onMonitored });
  });
}
