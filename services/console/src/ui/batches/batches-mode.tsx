import { useEffect, useRef } from 'preact/hooks';
import { browserSendForm } from '../../api/batches/upload.ts';
import { createBatches } from '../../state/batches/batches.ts';
import type { Batches } from '../../state/batches/batches.ts';
import type { Console } from '../../state/console.ts';
import { hashOf } from '../../state/route.ts';
import type { BatchPlace } from '../../state/route.ts';
import { browserVisibility } from '../../state/visibility.ts';
import { browserWait } from '../../state/wait.ts';
import { batchTitle, stateWords } from '../../text/batch-words.ts';
import { BatchView } from './batch-view.tsx';
import { ListView } from './list-view.tsx';
import { NewView } from './new-view.tsx';
import '../../styles/mode/main.css';
import '../../styles/batches/main.css';

/** One a console: an upload goes on while the chat is shown. */
const KNOWN = new WeakMap<Console, Batches>();

function batchesOf(page: Console): Batches {
  const known = KNOWN.get(page);
  if (known !== undefined) return known;
  const { endpoint, key, route } = page;
  const watch = { wait: browserWait, visibility: browserVisibility };
  const batches = createBatches({ endpoint, key, route, watch, sendForm: browserSendForm });
  KNOWN.set(page, batches);
  return batches;
}

/** Batches to make, to watch and to stop, where this platform runs them. */
export function BatchesMode({ page }: { page: Console }) {
  const batches = batchesOf(page);
  const route = page.route.route.value;
  const place = route.mode === 'batches' ? route.place : 'list';
  const main = useRef<HTMLElement>(null);
  const address = hashOf({ mode: 'batches', place });
  const before = useRef(address);

  // The link that was followed is gone with its view, and the focus with it.
  useEffect(() => {
    if (before.current !== address) main.current?.focus();
    before.current = address;
  }, [address]);

  return (
    <div class="mode batches">
      <main ref={main} tabindex={-1}>
        <Place place={place} batches={batches} page={page} />
      </main>
      <News batches={batches} />
    </div>
  );
}

function Place({ place, batches, page }: { place: BatchPlace; batches: Batches; page: Console }) {
  const signOut = () => page.signOut();
  if (place === 'list') return <ListView batches={batches} onSignOut={signOut} />;
  if (place === 'new') return <NewView batches={batches} models={page.models.value} onSignOut={signOut} />;
  return <BatchView key={place.id} id={place.id} batches={batches} onSignOut={signOut} />;
}

/** Tells a screen reader when a batch came to another state; figures change far too often to be told. */
function News({ batches }: { batches: Batches }) {
  const batch = batches.sightings.news.value;
  return (
    <p class="unseen" role="status" data-testid="batch-news">
      {batch !== undefined && `${batchTitle(batch, batches.files.value)}: ${stateWords(batch).words}`}
    </p>
  );
}
