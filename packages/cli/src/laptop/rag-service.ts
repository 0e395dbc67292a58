import { join } from 'node:path';
import { PlatformError } from '@plinth/contracts';
import { dataFolder, WORKSPACE } from '../workspace.ts';
import { laptopCatalog, laptopGenerator } from './catalog.ts';
import { startChild, type Child } from './child.ts';
import type { JoiningServiceOptions } from './joining-service.ts';

const READY_MS = 120_000;
/** Something to ask from the first start on: the handbook of a company that does not exist. */
const HANDBOOK = {
  folder: join(WORKSPACE, 'services/ingest/seed/handbook'),
  tenant: 'laptop',
  idPrefix: 'handbook/',
  groups: ['everyone'],
};
/** What the laptop's model of 135 million parameters can hold together: with eight passages it answers from none of them (services/rag/README.md). */
const FEW_PASSAGES = '2';
/** Questions it answers, and some it does not. */
export const HANDBOOK_QUESTIONS = join(WORKSPACE, 'services/ingest/seed/questions.jsonl');

/**
 * Starts the service that answers from documents, with the index beside it. Undefined where it cannot run: then the platform runs without it, and
 * says why.
 */
export async function startRag(options: JoiningServiceOptions): Promise<Child | undefined> {
  const { host, port, state, model, credentials, say } = options;
  const [openai, modelId, embeddingModel] = [model['openai'], model['model'], model['embeddingModel']].map(String);
  if (model['embeddingModel'] === undefined) {
    say(`Documents cannot be asked: ${String(model['embeddingProblem'] ?? 'there is no embedding model')}`);
    return undefined;
  }
  try {
    return await startChild({
      name: 'rag',
      entry: join(WORKSPACE, 'services/rag/src/server.ts'),
      logFolder: state,
      readyTimeoutMs: READY_MS,
      onLine: () => undefined,
      environment: {
        PLINTH_HOST: host,
        PLINTH_PORT: String(port),
        PLINTH_STATE_DIR: dataFolder(state),
        PLINTH_RETRIEVAL_DIR: process.env['PLINTH_RETRIEVAL_DIR'] ?? join(state, 'retrieval'),
        PLINTH_CATALOG:
          process.env['PLINTH_CATALOG'] ??
          JSON.stringify([...laptopCatalog(modelId!, openai!), laptopGenerator(modelId!)]),
        PLINTH_PASSAGES_PACKED: process.env['PLINTH_PASSAGES_PACKED'] ?? FEW_PASSAGES,
        PLINTH_FOLDERS: process.env['PLINTH_FOLDERS'] ?? JSON.stringify([HANDBOOK]),
        PLINTH_QUESTION_SETS: process.env['PLINTH_QUESTION_SETS'] ?? JSON.stringify({ seed: HANDBOOK_QUESTIONS }),
        PLINTH_EMBEDDING_URL: openai!,
        PLINTH_EMBEDDING_MODEL: embeddingModel!,
        PLINTH_BEDROCK_URL: String(model['bedrock']),
        PLINTH_SAGEMAKER_URL: String(model['sagemaker']),
        ...credentials,
      },
    });
  } catch (error) {
    say(`Documents cannot be asked: ${PlatformError.from(error).message}`);
    return undefined;
  }
}
