import { AnswerExplanation, PlatformError } from '@plinth/contracts';
import { styleFor } from '@plinth/planning/report';
import { Command } from 'commander';
import * as z from 'zod';
import { renderExplanation } from '../rag/explanation.ts';
import { parseFilter } from '../rag/filter.ts';
import { interruptible } from '../rag/interruptible.ts';
import { RagPlatform } from '../rag/platform.ts';
import { printable } from '../rag/printable.ts';
import { SourceList } from '../rag/source-list.ts';
import { AnswerChunk, ModelList } from '../rag/wire.ts';

interface Options {
  readonly model?: string;
  readonly filter?: string;
  readonly explain?: boolean;
  readonly attribution?: boolean;
  readonly json?: boolean;
  readonly url?: string;
}

export function ragAskCommand(): Command {
  return new Command('ask')
    .description('ask the documents; the answer comes with numbered citations of where it stands')
    .argument('<question>')
    .option('--model <model>', 'who answers; without it the first of the platform')
    .option('--filter <json>', 'metadata that must be equal, for example {"team":"hr"}')
    .option('--explain', 'show each passage found, its scores and what became of it')
    .option(
      '--attribution',
      'with --explain: ask again without each passage, to see what it gave; costs as much as it asks',
    )
    .option('--json', 'print answer, citations and explanation as JSON')
    .option('--url <url>', 'where the retrieval service is')
    .addHelpText(
      'after',
      '\nExamples:\n  plinth rag ask "How many days of leave do I have?"\n  plinth rag ask "Who approves travel?" --explain',
    )
    .action(ask);
}

async function ask(question: string, options: Options): Promise<void> {
  const filter = parseFilter(options.filter);
  const platform = await RagPlatform.find(process.env, options);
  await interruptible(async (signal) => {
    const model = options.model ?? (await firstModel(platform, signal));
    const answer = await streamAnswer(platform, { question, model, filter, quiet: options.json === true, signal });
    const path = `/v1/answers/${encodeURIComponent(answer.id ?? '')}/explanation${options.attribution === true ? '?attribution=leave-one-out' : ''}`;
    const explanation =
      options.explain === true && answer.id !== undefined
        ? await platform.json(path, AnswerExplanation, { signal })
        : undefined;
    if (options.json === true) process.stdout.write(`${JSON.stringify({ ...answer, explanation })}\n`);
    else if (explanation !== undefined) process.stdout.write(`\n${renderExplanation(explanation, styled())}`);
    else if (options.explain === true) process.stderr.write('No explanation is kept of this answer.\n');
  });
}

async function firstModel(platform: RagPlatform, signal: AbortSignal): Promise<string> {
  const [model] = (await platform.json('/v1/models', ModelList, { signal })).data;
  if (model === undefined) throw new PlatformError('configuration', 'The platform has no model that writes answers.');
  return model.id;
}

interface Asked {
  readonly question: string;
  readonly model: string;
  readonly filter: object | undefined;
  /** Nothing is written while it comes. */
  readonly quiet: boolean;
  readonly signal: AbortSignal;
}

async function streamAnswer(platform: RagPlatform, { question, model, filter, quiet, signal }: Asked) {
  const style = styled();
  const sources = new SourceList();
  const say = (text: string) => void (quiet || process.stdout.write(text));
  let [text, id, groundedness, abstained]: [string, string | undefined, number | undefined, boolean] = [
    '',
    undefined,
    undefined,
    false,
  ];
  const json = {
    model,
    messages: [{ role: 'user', content: question }],
    stream: true,
    ...(filter === undefined ? {} : { rag: { filter } }),
  };
  for await (const data of platform.events('/v1/chat/completions', { json, signal })) {
    const parsed = z.safeParse(AnswerChunk, data);
    if (!parsed.success)
      throw new PlatformError('upstream_failed', 'The answer came in a shape this command does not know.');
    const { choices, plinth, error } = parsed.data;
    if (error !== undefined) throw new PlatformError('upstream_failed', error.message);
    for (const { delta } of choices) {
      text += delta.content ?? '';
      say(printable(delta.content ?? ''));
      for (const { url_citation } of delta.annotations ?? []) say(style.cyan(`[${sources.numberOf(url_citation)}]`));
    }
    id = plinth?.answer_id ?? id;
    groundedness = plinth?.groundedness ?? groundedness;
    abstained = plinth?.abstained ?? abstained;
  }
  say(`\n${sources.render(style)}`);
  if (abstained) say(`\n${style.yellow('The documents this key may read do not answer it.')}\n`);
  else if (groundedness !== undefined) say(`\n${style.dim(`Groundedness ${groundedness.toFixed(2)}`)}\n`);
  return { id, answer: text, groundedness, abstained, citations: sources.citations };
}

function styled() {
  return styleFor(process.stdout.isTTY && process.env['NO_COLOR'] === undefined);
}
