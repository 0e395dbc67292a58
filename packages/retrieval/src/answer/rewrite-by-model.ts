import type { QueryRewriter, QueryTurn } from '../ports/query-rewriter.ts';
import { rewriteByRules } from './rewrite-by-rules.ts';
import { termsOf } from './terms.ts';

const INSTRUCTION =
  'Rewrite the last question so that it can be understood without the conversation. Keep its meaning. Answer with the question only.';
const MAX_TURNS = 6;
const MAX_TURN = 400;
const MAX_QUERY = 400;
const COMPLETION_TOKENS = 64;

/**
 * Has the model make a follow-up stand alone. What comes back is only searched for, never shown as the asker's; where it is empty, long or about
 * something else, the rules' own rewriting is taken.
 */
export const modelRewriter: QueryRewriter = {
  // A token is a byte at least: turns at four bytes a character, and the words around them.
  asks: { promptTokens: MAX_TURNS * (MAX_TURN * 4 + 16) + 512, completionTokens: COMPLETION_TOKENS },
  async rewrite(turns, { ask }) {
    const ruled = rewriteByRules(turns);
    if (turns.filter(({ role }) => role === 'user').length < 2) return ruled;
    const said = await ask(
      [
        { role: 'system', content: INSTRUCTION },
        { role: 'user', content: turns.slice(-MAX_TURNS).map(line).join('\n') },
      ],
      COMPLETION_TOKENS,
    );
    const query = said
      .split('\n', 1)[0]!
      .replace(/^(?:question|rewritten)\s*:\s*/i, '')
      .replace(/^["']|["']$/g, '')
      .trim();
    return usable(query, turns) ? query : ruled;
  },
};

function line({ role, text }: QueryTurn): string {
  return `${role}: ${text.slice(0, MAX_TURN).replace(/\s+/g, ' ')}`;
}

/** Short, and of the conversation's own words for the most part. */
function usable(query: string, turns: readonly QueryTurn[]): boolean {
  if (query === '' || query.length > MAX_QUERY) return false;
  const { words } = termsOf(query);
  const known = termsOf(turns.map(({ text }) => text).join('\n')).words;
  return words.size > 0 && [...words].filter((word) => known.has(word)).length * 2 >= words.size;
}
