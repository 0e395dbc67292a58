import type { Message } from '@aws-sdk/client-bedrock-runtime';
import { readConfig } from './config.ts';
import { createClient, streamAnswer } from './stream-answer.ts';

const form = element('ask', HTMLFormElement);
const question = element('question', HTMLTextAreaElement);
const token = element('token', HTMLInputElement);
const answer = element('answer', HTMLElement);
const notes = element('notes', HTMLElement);
const stop = element('stop', HTMLButtonElement);

const config = await readConfig(AbortSignal.timeout(10_000));
element('sign-in', HTMLElement).hidden = config.loginProvider === undefined;
const messages: Message[] = [];
let client = createClient(config);
let running: AbortController | undefined;

token.addEventListener('change', () => {
  client.destroy();
  client = createClient(config, token.value.trim());
});
stop.addEventListener('click', () => running?.abort());
form.addEventListener('submit', (event) => {
  event.preventDefault();
  const text = question.value.trim();
  if (text !== '' && running === undefined) void ask(text);
});

async function ask(text: string): Promise<void> {
  const controller = new AbortController();
  running = controller;
  stop.disabled = false;
  answer.textContent = '';
  notes.textContent = 'Waiting for the model…';
  const asked: Message = { role: 'user', content: [{ text }] };
  const started = performance.now();
  let wait = '';
  try {
    for await (const event of streamAnswer(client, config, [...messages, asked], controller.signal)) {
      if (event.type === 'text') {
        wait ||= `${Math.round(performance.now() - started)} ms to first token`;
        answer.append(event.text);
        notes.textContent = wait;
        continue;
      }
      const guarded = event.reason === 'guardrail_intervened' ? 'The guardrail stepped in. ' : '';
      notes.textContent = `${guarded}${wait}, ${event.inputTokens} tokens in, ${event.outputTokens} out`;
    }
    messages.push(asked, { role: 'assistant', content: [{ text: answer.textContent || '…' }] });
    question.value = '';
  } catch (error) {
    notes.textContent = controller.signal.aborted ? 'Stopped.' : inWords(error);
  } finally {
    running = undefined;
    stop.disabled = true;
  }
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return 'The request failed.';
  switch (error.name) {
    case 'ThrottlingException':
      return 'The model is taking no more requests for now. Try again shortly.';
    case 'AccessDeniedException':
      return 'This page may not call that model, or not without its guardrail.';
    case 'TypeError':
      return 'AWS could not be reached. Check the connection and the endpoint in config.json.';
    default:
      return error.message;
  }
}

function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`The page has no ${kind.name} with the id "${id}".`);
  return found;
}
