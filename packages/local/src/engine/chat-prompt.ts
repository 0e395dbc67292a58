import { JinjaTemplateChatWrapper, resolveChatWrapper } from 'node-llama-cpp';
import type { ChatHistoryItem, ChatWrapper, LlamaModel, Token } from 'node-llama-cpp';
import { PlatformError } from '@plinth/contracts';
import type { ChatTurn, Prompt } from './engine.ts';

/** Turns prompts into tokens the way the model was trained to see them. */
export class PromptTokenizer {
  readonly #model: LlamaModel;
  readonly #template: ChatWrapper;

  constructor(model: LlamaModel) {
    this.#model = model;
    this.#template = templateOf(model);
  }

  /** Text inside a turn never becomes a control token: a user cannot write `<|im_end|>` and speak as the system. */
  tokenize(prompt: Prompt): Token[] {
    if (prompt.kind === 'text') return this.#tokenizeText(prompt.text);
    const last = prompt.turns.at(-1);
    if (!last || last.role === 'assistant') {
      throw new PlatformError('invalid_request', 'The conversation must end with a user message.', {
        param: 'messages',
      });
    }
    const chatHistory = [...prompt.turns.map(historyItem), { type: 'model', response: [] } satisfies ChatHistoryItem];
    return this.#template.generateContextState({ chatHistory }).contextText.tokenize(this.#model.tokenizer);
  }

  #tokenizeText(text: string): Token[] {
    const tokens = this.#model.tokenize(text, true);
    const { bos, shouldPrependBosToken } = this.#model.tokens;
    if (shouldPrependBosToken && bos !== null && tokens[0] !== bos) tokens.unshift(bos);
    if (tokens.length === 0) throw new PlatformError('invalid_request', 'The prompt is empty.', { param: 'prompt' });
    return tokens;
  }
}

/**
 * The template inside the GGUF file, rendered as it is. node-llama-cpp's own pick for SmolLM2 (ChatML) leaves out the model's default
 * system message and doubles the first control token, so it is only the fallback for a file without a template.
 */
function templateOf(model: LlamaModel): ChatWrapper {
  const template = model.fileInfo.metadata.tokenizer?.chat_template;
  if (!template) return resolveChatWrapper(model, { warningLogs: false });
  return new JinjaTemplateChatWrapper({
    template,
    tokenizer: model.tokenizer,
    joinAdjacentMessagesOfTheSameType: false,
    trimLeadingWhitespaceInResponses: false,
  });
}

function historyItem(turn: ChatTurn): ChatHistoryItem {
  switch (turn.role) {
    case 'system':
      return { type: 'system', text: turn.text };
    case 'user':
      return { type: 'user', text: turn.text };
    case 'assistant':
      return { type: 'model', response: [turn.text] };
  }
}
