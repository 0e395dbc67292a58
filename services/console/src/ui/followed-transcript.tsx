import type { ReadonlySignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { copyCodeOnClick } from './copy-code.ts';
import { useFollowedScroll } from './follow-scroll.ts';
import { DownIcon } from './icons.tsx';

interface Props {
  /** What is being answered. */
  live: ReadonlySignal<unknown>;
  label: string;
  children: ComponentChildren;
}

/** Questions and answers that grow at their end, which stays in sight until the reader scrolls up. */
export function FollowedTranscript({ live, label, children }: Props) {
  const { scroller, content, away, onScroll, toLatest } = useFollowedScroll(live);
  return (
    <div class="transcript">
      <div
        class="scroller"
        ref={scroller}
        onScroll={onScroll}
        onClick={copyCodeOnClick}
        tabindex={0}
        role="region"
        aria-label={label}
      >
        <div class="column" ref={content}>
          {children}
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
