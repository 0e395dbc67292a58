import { Command } from 'commander';
import { batchCancelCommand } from './batch-cancel.ts';
import { batchListCommand } from './batch-list.ts';
import { batchResultsCommand } from './batch-results.ts';
import { batchSubmitCommand } from './batch-submit.ts';
import { batchWatchCommand } from './batch-watch.ts';

export function batchCommand(): Command {
  return new Command('batch')
    .description('a file of requests in, a file of answers out: submit, watch, results')
    .addCommand(batchSubmitCommand())
    .addCommand(batchWatchCommand())
    .addCommand(batchListCommand())
    .addCommand(batchCancelCommand())
    .addCommand(batchResultsCommand())
    .addHelpText(
      'after',
      '\nA file is JSON Lines, one request each, as OpenAI has it:\n  {"custom_id":"1","method":"POST","url":"/v1/chat/completions","body":{"model":"…","messages":[…]}}\n\nThey talk to the platform that runs on this machine, or to the one at --url or PLINTH_URL (where /v1/batches is below), with the\nkey in PLINTH_API_KEY.',
    );
}
