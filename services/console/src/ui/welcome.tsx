import { useMemo } from 'preact/hooks';
import { renderMarkdown } from '../markdown/render.ts';
import type { Console } from '../state/console.ts';
import { formatCount } from '../text/numbers.ts';

/** What a new chat shows: which model answers, and the same call without the console. */
export function Welcome({ page }: { page: Console }) {
  const model = page.model.value;
  const html = useMemo(() => (model === undefined ? undefined : renderMarkdown(exampleCall(model.id))), [model?.id]);
  if (model === undefined || html === undefined) {
    return (
      <div class="welcome">
        <h2>No model is open to this key.</h2>
        <p>Ask the people who run the platform for access to one.</p>
      </div>
    );
  }
  return (
    <div class="welcome">
      <h2>{model.id}</h2>
      <p>
        {model.contextLength === undefined
          ? 'Ask something below.'
          : `Question and answer together may take ${formatCount(model.contextLength)} tokens.`}{' '}
        The same call from a terminal:
      </p>
      <div class="prose" dangerouslySetInnerHTML={{ __html: html }} />
    </div>
  );
}

function exampleCall(model: string): string {
  const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hello' }] });
  return [
    '```sh',
    `curl -N ${location.origin}/v1/chat/completions \\`,
    '  -H "authorization: Bearer $PLINTH_API_KEY" \\',
    "  -H 'content-type: application/json' \\",
    `  -d '${body.replaceAll("'", String.raw`'\''`)}'`,
    '```',
  ].join('\n');
}
