import { useEffect, useRef } from 'preact/hooks';
import type { Console } from '../../state/console.ts';
import { createSites } from '../../state/sites/sites.ts';
import type { Sites } from '../../state/sites/sites.ts';
import { browserVisibility } from '../../state/visibility.ts';
import { browserWait } from '../../state/wait.ts';
import { itemWords, linkWords } from '../../text/site-words.ts';
import { ProblemView } from '../problem-view.tsx';
import { SiteView } from './site-view.tsx';
import '../../styles/mode/main.css';
import '../../styles/sites/main.css';

/** One a console: what was asked stays while the chat is shown. */
const KNOWN = new WeakMap<Console, Sites>();

function sitesOf(page: Console): Sites {
  const known = KNOWN.get(page);
  if (known !== undefined) return known;
  const watch = { wait: browserWait, visibility: browserVisibility };
  const sites = createSites({ endpoint: page.endpoint, key: page.key, watch });
  KNOWN.set(page, sites);
  return sites;
}

/** The site that is known here: how it stands, what waits at it, and what it does without its link. */
export function SitesMode({ page }: { page: Console }) {
  const sites = sitesOf(page);
  const main = useRef<HTMLElement>(null);
  useEffect(() => sites.watch(), [sites]);
  const site = sites.site.value;
  return (
    <div class="mode sites">
      <main ref={main} tabindex={-1}>
        {site.status === 'ready' && site.value !== undefined && <SiteView sites={sites} site={site.value} />}
        {site.status === 'ready' && site.value === undefined && <NoSite />}
        {site.status !== 'ready' && (
          <div class="view">
            <h1>Sites</h1>
            {site.status === 'failed' ? (
              <ProblemView
                problem={site.problem}
                now={sites.now}
                actions={{ retry: () => sites.refresh(), signIn: () => page.signOut() }}
              />
            ) : (
              <p role="status">Looking for sites…</p>
            )}
          </div>
        )}
      </main>
      <News sites={sites} />
    </div>
  );
}

/** Tells a screen reader what somebody would wait for: that the link came or went, and that an answer came. */
function News({ sites }: { sites: Sites }) {
  const site = sites.site.value;
  const found = site.status === 'ready' ? site.value : undefined;
  const delivered = sites.outbox.delivered.value;
  return (
    <p class="unseen" role="status" data-testid="site-news">
      {found !== undefined && `Link: ${linkWords(found.link).words}. `}
      {delivered !== undefined && `A request that waited: ${itemWords(delivered).words}.`}
    </p>
  );
}

function NoSite() {
  return (
    <div class="view">
      <div class="empty">
        <h1>No site is known here.</h1>
        <p>
          A site runs a small model far away, goes on without its link, and keeps what must wait. On a laptop,{' '}
          <code>npm start</code> starts one beside the chat, some seconds after it.
        </p>
        <p>
          <a href="#/">Back to the chat</a>
        </p>
      </div>
    </div>
  );
}
