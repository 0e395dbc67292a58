import type { LinkSwitchMode } from '@plinth/contracts';
import { LINK_MODES } from '../../api/sites/link.ts';
import type { Site } from '../../api/sites/site.ts';
import type { Sites } from '../../state/sites/sites.ts';
import { spanWords } from '../../text/numbers.ts';
import { linkWords } from '../../text/site-words.ts';
import { ProblemView } from '../problem-view.tsx';

const TIME = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const NAMES: Readonly<Record<LinkSwitchMode, string>> = { up: 'Up', slow: 'Slow', down: 'Cut' };

/** The link as the site sees it and, on a laptop, what cuts it. */
export function LinkCard({ sites, link }: { sites: Sites; link: Site['link'] }) {
  const { words, mark, tone } = linkWords(link);
  const turned = sites.link.value;
  const problem = sites.linkProblem.value;
  return (
    <section class="card link-card" aria-label="Link">
      <h2>Link to its centre</h2>
      <p class={`latest-value tone-${tone}`}>
        <span aria-hidden="true">{mark}</span> {words}
      </p>
      <p class="help">
        since <time dateTime={new Date(link.since).toISOString()}>{TIME.format(link.since)}</time>,{' '}
        {spanWords(Math.max(0, sites.now() - link.since))}
      </p>
      {turned !== undefined && (
        <div class="switch">
          <div role="group" aria-label="Turn the link by hand" class="choices">
            {LINK_MODES.map((mode) => (
              <button
                key={mode}
                type="button"
                class="plain"
                aria-pressed={mode === turned}
                disabled={sites.turning.value}
                onClick={() => void sites.turn(mode)}
              >
                {NAMES[mode]}
              </button>
            ))}
          </div>
          <p class="help">{hint(turned, link.online)}</p>
        </div>
      )}
      {problem !== undefined && <ProblemView problem={problem} now={sites.now} />}
    </section>
  );
}

/** The site is not told: it finds out as it would anywhere. */
function hint(turned: LinkSwitchMode, online: boolean): string {
  if (turned === 'down')
    return online ? 'Cut. The site finds out by itself within seconds.' : 'Cut by hand on this laptop.';
  if (!online) return 'Mended. The site is about to find out.';
  return turned === 'slow' ? 'Every answer over it is held up.' : 'Cut it, and see what the site does.';
}
