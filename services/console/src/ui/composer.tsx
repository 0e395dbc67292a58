import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { Console } from '../state/console.ts';
import type { Totals } from '../state/totals.ts';
import { formatUsd, plural } from '../text/numbers.ts';
import { SendIcon, StopIcon } from './icons.tsx';

export function Composer({ page }: { page: Console }) {
  const box = useRef<HTMLTextAreaElement>(null);
  const draft = page.draft.value;
  const busy = page.chat.live.value !== undefined;

  useEffect(() => box.current?.focus(), []);
  useLayoutEffect(() => {
    if (box.current !== null) fitHeight(box.current);
  }, [draft]);

  function send(): void {
    void page.send();
    box.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    // Enter also confirms a word in an input method; it must not send then.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="field">
        <label class="unseen" for="message">
          Message
        </label>
        <textarea
          id="message"
          ref={box}
          rows={1}
          placeholder="Ask something"
          value={draft}
          aria-describedby="message-help"
          onInput={(event) => {
            page.draft.value = event.currentTarget.value;
          }}
          onKeyDown={onKeyDown}
        />
        {busy ? (
          <button
            type="button"
            class="send stop"
            aria-label="Stop the answer"
            title="Stop (Esc)"
            onClick={() => {
              page.chat.stop();
              box.current?.focus();
            }}
          >
            <StopIcon />
          </button>
        ) : (
          <button
            type="submit"
            class="send"
            aria-label="Send"
            title="Send (Enter)"
            disabled={draft.trim() === '' || page.model.value === undefined}
          >
            <SendIcon />
          </button>
        )}
      </div>
      <div class="under">
        <span id="message-help" class="hint">
          {busy ? 'Esc stops the answer' : 'Enter sends, Shift + Enter starts a new line'}
        </span>
        <SessionMeter totals={page.chat.totals.value} />
      </div>
    </form>
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

/** Grows with its text up to the limit the style sheet sets. */
function fitHeight(box: HTMLTextAreaElement): void {
  box.style.height = 'auto';
  box.style.height = `${box.scrollHeight}px`;
}
