import { useSignalEffect } from '@preact/signals';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Console } from '../state/console.ts';
import { copyCodeOnClick } from './copy-code.ts';
import { ExchangeView } from './exchange-view.tsx';
import { DownIcon } from './icons.tsx';
import { Welcome } from './welcome.tsx';

/** Within this many pixels of the end the reader counts as being there. */
const NEAR = 48;

/** The chat so far. Follows the answer while the reader is at its end, and leaves them alone once they scroll up. */
export function Transcript({ page }: { page: Console }) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const following = useRef(true);
  const [away, setAway] = useState(false);
  const exchanges = page.chat.exchanges.value;
  const last = exchanges.at(-1);

  function follow(): void {
    const box = scroller.current;
    if (box !== null && following.current) box.scrollTop = box.scrollHeight;
  }

  // A new question is always shown, wherever the reader was.
  useSignalEffect(() => {
    if (page.chat.live.value !== undefined) {
      following.current = true;
      setAway(false);
    }
  });

  useLayoutEffect(() => {
    if (content.current === null) return undefined;
    const growth = new ResizeObserver(follow);
    growth.observe(content.current);
    return () => growth.disconnect();
  }, []);

  function onScroll(): void {
    const box = scroller.current;
    if (box === null) return;
    following.current = box.scrollHeight - box.scrollTop - box.clientHeight <= NEAR;
    setAway(!following.current);
  }

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
        <button
          type="button"
          class="latest"
          onClick={() => {
            following.current = true;
            setAway(false);
            follow();
          }}
        >
          <DownIcon /> Latest
        </button>
      )}
    </div>
  );
}
