import type { AsyncItem } from '../../api/sites/async-items.ts';
import type { Site } from '../../api/sites/site.ts';
import type { Sites } from '../../state/sites/sites.ts';
import { depthWords, itemWords, waitWords } from '../../text/site-words.ts';
import { StateChip } from '../state-chip.tsx';

const TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'medium' });

/** What waits for the link, and what came of what has waited. */
export function OutboxSection({ sites, outbox }: { sites: Sites; outbox: Site['outbox'] }) {
  const items = sites.outbox.items.value;
  return (
    <section class="outbox" aria-labelledby="outbox-title">
      <h2 id="outbox-title">Outbox</h2>
      <p class="depth">{depthWords(outbox)}</p>
      {items.length === 0 ? (
        <p class="help">Requests of this key that had to wait are listed here, with what came of them.</p>
      ) : (
        <ul class="items">
          {items.map((item) => (
            <OutboxItem key={item.id} item={item} sites={sites} />
          ))}
        </ul>
      )}
    </section>
  );
}

function OutboxItem({ item, sites }: { item: AsyncItem; sites: Sites }) {
  return (
    <li>
      <p class="asked-facts">
        <StateChip state={itemWords(item)} />
        <small>
          {TIME.format(item.createdAt)}, {waitWords(item, sites.now())}
        </small>
      </p>
      <small class="item-id">
        <code>{item.id}</code>
      </small>
      {item.status === 'completed' && (
        <details
          onToggle={(event) => {
            if (event.currentTarget.open) void sites.readAnswer(item.id);
          }}
        >
          <summary>Answer</summary>
          <p class="answer-text">{item.answer ?? 'Reading…'}</p>
        </details>
      )}
      {item.error !== undefined && <p class="problem-line">{item.error.message}</p>}
    </li>
  );
}
