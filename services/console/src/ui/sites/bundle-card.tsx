import type { Site } from '../../api/sites/site.ts';
import { ageWords, bundleWords, confirmedWords, refusalWords } from '../../text/site-words.ts';
import { StateChip } from '../state-chip.tsx';

const TIME = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** What the site goes by, and what became of newer ones. */
export function BundleCard({ site, now }: { site: Site; now: () => number }) {
  const { bundle, staging, rejected, trouble } = site;
  return (
    <section class="card bundle-card" aria-label="Bundle">
      <h2>Bundle</h2>
      {bundle === undefined ? (
        <p class="latest-value">None yet</p>
      ) : (
        <>
          <p class="latest-value">
            <span class="sequence">{bundle.sequence}</span> <StateChip state={bundleWords(bundle)} />
          </p>
          <p class="help">
            {ageWords(bundle, now())}; {confirmedWords(bundle)}
          </p>
        </>
      )}
      {staging !== undefined && <p class="help">Fetching bundle {staging}…</p>}
      {trouble !== undefined && (
        <p class="refused">
          {refusalWords(trouble.reason)} <small>{trouble.message}</small>
        </p>
      )}
      {rejected.length > 0 && (
        <ul class="refused" aria-label="Bundles it went back from">
          {rejected.slice(0, 3).map(({ sequence, problem, at }) => (
            <li key={sequence}>
              Went back from {sequence}: {problem} <small>{TIME.format(at)}</small>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
