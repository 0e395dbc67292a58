import type { StateWords } from '../text/state-words.ts';

/** What something is at, as a chip. */
export function StateChip({ state: { words, mark, tone } }: { state: StateWords }) {
  return (
    <span class={`state tone-${tone}`}>
      <span aria-hidden="true">{mark}</span> {words}
    </span>
  );
}
