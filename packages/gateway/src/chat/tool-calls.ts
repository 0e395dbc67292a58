import { PlatformError } from '@plinth/contracts';
import type { ModelEvent } from '@plinth/models';
import type { OutputGuard } from '../guard/guard.ts';
import type { ChatEvent } from './events.ts';

type Piece = Extract<ModelEvent, { type: 'tool-call' }>;
type WholeCall = Extract<ChatEvent, { type: 'tool-call' }>;

const MAX_CALLS = 128;
const MAX_ARGUMENT_CHARACTERS = 1_000_000;

/**
 * Tool calls are acted on only when whole, so their pieces are kept until the answer ends, and guarded as one text each.
 */
export class ToolCalls {
  readonly #calls = new Map<number, { id: string; name: string; arguments: string }>();
  #characters = 0;

  get isEmpty(): boolean {
    return this.#calls.size === 0;
  }

  add(piece: Piece): void {
    const call = this.#calls.get(piece.index) ?? { id: '', name: '', arguments: '' };
    call.id ||= piece.id ?? '';
    call.name ||= piece.name ?? '';
    call.arguments += piece.arguments;
    this.#characters += piece.arguments.length;
    this.#calls.set(piece.index, call);
    if (this.#calls.size > MAX_CALLS || this.#characters > MAX_ARGUMENT_CHARACTERS)
      throw new PlatformError('upstream_rejected', 'The model made more or longer tool calls than are passed on.');
  }

  /** The calls as they may be passed on, or `undefined` when one of them was blocked or is no JSON after redaction. */
  async guarded(open: () => OutputGuard, onFindings: (guard: OutputGuard) => void): Promise<WholeCall[] | undefined> {
    const calls: WholeCall[] = [];
    for (const [index, call] of this.#calls) {
      const guard = open();
      const pushed = await guard.push(call.arguments);
      const last = await guard.end();
      onFindings(guard);
      const text = pushed.text + last.text;
      if (pushed.blocked || last.blocked || (text !== call.arguments && !isJson(text))) return undefined;
      calls.push({ type: 'tool-call', index, id: call.id, name: call.name, arguments: text });
    }
    return calls;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
