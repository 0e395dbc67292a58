import { Command } from 'commander';
import { ragAskCommand } from './rag-ask.ts';
import { ragDocumentsCommand } from './rag-documents.ts';
import { ragEvalCommand } from './rag-eval.ts';
import { ragIngestCommand } from './rag-ingest.ts';
import { ragReembedCommand } from './rag-reembed.ts';
import { ragSearchCommand } from './rag-search.ts';

export function ragCommand(): Command {
  return new Command('rag')
    .description('documents in, grounded answers out: ask, search, ingest, evaluate, re-embed')
    .addCommand(ragAskCommand())
    .addCommand(ragSearchCommand())
    .addCommand(ragIngestCommand())
    .addCommand(ragDocumentsCommand())
    .addCommand(ragEvalCommand())
    .addCommand(ragReembedCommand())
    .addHelpText(
      'after',
      '\nAll but reembed talk to the platform that runs on this machine, or to the one at --url or PLINTH_URL (where /v1/search is below),\nwith the key in PLINTH_API_KEY. What a key may see is decided by its groups.',
    );
}
