import { createServer, type ServerResponse } from 'node:http';

/**
 * A fake model server that speaks OpenAI's protocol at an exact pace, so that what is measured is what stands in front of it.
 * `/paced`: 50 ms to the first token, then one each 20 ms, 50 tokens. `/instant`: the same bytes at once.
 */
const FIRST_MS = 50;
const GAP_MS = 20;
const TOKENS = 50;
/** `word`: each delta ends a word, as multi-token deltas of hosted models mostly do. `piece`: each begins one, as single tokens do. */
const words = (process.argv[2] ?? 'word') === 'word';
const TEXT = Array.from({ length: TOKENS }, (_, i) =>
  words ? `word${'abcdefghij'[i % 10]} ` : `${i === 0 ? '' : ' '}word${'abcdefghij'[i % 10]}`,
);

const frame = (body: object) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'fake', ...body })}\n\n`;
const delta = (content: object, finish: string | null = null) =>
  frame({ choices: [{ index: 0, delta: content, finish_reason: finish }] });
const ROLE = delta({ role: 'assistant', content: '' });
const DELTAS = TEXT.map((content) => delta({ content }));
const USAGE = { prompt_tokens: 20, completion_tokens: TOKENS, total_tokens: 20 + TOKENS };
const END = delta({}, 'stop') + frame({ choices: [], usage: USAGE }) + 'data: [DONE]\n\n';
const WHOLE = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'fake',
  choices: [{ index: 0, message: { role: 'assistant', content: TEXT.join('') }, finish_reason: 'stop' }],
  usage: USAGE,
});

/** Streams open now: after aborts it must come back to none. */
let open = 0;

function paced(response: ServerResponse): void {
  let sent = 0;
  const next = () => {
    if (response.destroyed) return;
    response.write(sent === 0 ? ROLE + DELTAS[0] : DELTAS[sent]);
    sent++;
    if (sent < TOKENS) setTimeout(next, GAP_MS);
    else response.end(END);
  };
  setTimeout(next, FIRST_MS);
}

const server = createServer((request, response) => {
  if (request.url === '/open') return void response.end(String(open));
  let body = '';
  request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
  request.on('end', () => {
    const stream = body.includes('"stream":true');
    const slow = request.url?.startsWith('/paced') === true;
    open++;
    response.once('close', () => open--);
    response.writeHead(200, { 'content-type': stream ? 'text/event-stream' : 'application/json' });
    if (!stream) setTimeout(() => response.end(WHOLE), slow ? FIRST_MS + GAP_MS * TOKENS : 0);
    else if (slow) {
      response.flushHeaders();
      paced(response);
    } else response.end(ROLE + DELTAS.join('') + END);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null)
    console.log(JSON.stringify({ event: 'ready', url: `http://127.0.0.1:${address.port}` }));
});
