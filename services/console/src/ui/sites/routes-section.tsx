import type { Place, RoutedModel } from '../../api/routes.ts';
import { formatDuration } from '../../text/numbers.ts';
import { breakerWords, loadWords } from '../../text/site-words.ts';
import { ShareBar } from '../share-bar.tsx';
import { StateChip } from '../state-chip.tsx';

/** Models with several places: which of them are in order, and how full they are. */
export function RoutesSection({ models }: { models: readonly RoutedModel[] }) {
  if (models.length === 0) return null;
  return (
    <section class="routes" aria-labelledby="routes-title">
      <h2 id="routes-title">Places of routed models</h2>
      <p class="help">Steady load stays on a model's own servers; bursts go to places that are paid by the token.</p>
      {models.map(({ model, places }) => (
        <div key={model} class="routed">
          <h3>
            <code>{model}</code>
          </h3>
          <ul class="places">
            {places.map((place) => (
              <PlaceMeter key={`${place.pool}/${place.id}`} place={place} />
            ))}
          </ul>
        </div>
      ))}
    </section>
  );
}

function PlaceMeter({ place }: { place: Place }) {
  const { pool, id, owner, inFlight, limit, ttftMs } = place;
  const words = loadWords(place);
  return (
    <li class="card">
      <p class="place-name">
        <strong>{pool === id ? id : `${pool} / ${id}`}</strong> <StateChip state={breakerWords(place)} />
      </p>
      <small>{owner === 'own' ? 'its own' : 'paid by the token'}</small>
      <p class="place-load">{words}</p>
      <ShareBar
        share={limit > 0 ? inFlight / limit : 0}
        label={`Requests at ${pool} / ${id}`}
        text={words}
        tone={owner === 'own' ? 'first' : 'second'}
      />
      <small>{ttftMs === undefined ? 'not measured yet' : `first token after ${formatDuration(ttftMs)}`}</small>
    </li>
  );
}
