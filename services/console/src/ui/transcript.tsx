import type { Console } from '../state/console.ts';
import { copyCodeOnClick } from './copy-code.ts';
import { ExchangeView } from './exchange-view.tsx';
import { useFollowedScroll } from './follow-scroll.ts';
import { DownIcon } from './icons.tsx';
import { Welcome } from './welcome.tsx';

/** The chat so far. */
export function Transcript({ page }: { page: Console }) {
  const { scroller, content, away, onScroll, toLatest } = useFollowedScroll(page.chat.live);
  const exchanges = page.chat.exchanges.value;
  const last = exchanges.at(-1);

  return (
    <div class="transcript">
      <div
        class="scroller"
        ref={scroller}
        onScroll={onScroll}
        onClick={copyCodeOnClick}
        tabindex={0}
        role="region"
        aria-label="Chat so far"
      >
        <div class="column" ref={content}>
          {last === undefined ? (
            <Welcome page={page} />
          ) : (
            exchanges.map((exchange) => (
              <ExchangeView key={exchange.id} page={page} exchange={exchange} isLast={exchange === last} />
            ))
          )}
        </div>
      </div>
      {away && (
        <button type="button" class="latest" onClick={toLatest}>
          <DownIcon /> Latest
        </button>
      )}
    </div>
  );
}
