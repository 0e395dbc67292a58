import type { Console } from '../state/console.ts';
import type { Totals } from '../state/totals.ts';
import { formatUsd, plural } from '../text/numbers.ts';
import { MessageField } from './message-field.tsx';

export function Composer({ page }: { page: Console }) {
  return (
    <MessageField
      id="message"
      label="Message"
      placeholder="Ask something"
      draft={page.draft}
      busy={page.chat.live.value !== undefined}
      disabled={page.model.value === undefined}
      onSend={() => void page.send()}
      onStop={() => page.chat.stop()}
    >
      <SessionMeter totals={page.chat.totals.value} />
    </MessageField>
  );
}

function SessionMeter({ totals }: { totals: Totals }) {
  if (totals.answers === 0 && totals.uncounted === 0) return null;
  const tokens = totals.promptTokens + totals.completionTokens;
  const priced = totals.answers > totals.unpriced;
  return (
    <span class="meter" data-testid="session-meter">
      This session: {plural(tokens, 'token')}
      {priced && `, ${totals.unpriced > 0 ? 'over ' : ''}${formatUsd(totals.costUsd)}`}
      {totals.uncounted > 0 && (
        <span title="Their usage did not arrive before they ended. The platform has metered them.">
          {' '}
          + {plural(totals.uncounted, 'unfinished answer')}
        </span>
      )}
    </span>
  );
}
