import type { Site } from '../../api/sites/site.ts';
import type { Sites } from '../../state/sites/sites.ts';
import { siteAdvice, siteWords } from '../../text/site-words.ts';
import { StaleNote } from '../stale-note.tsx';
import { StateChip } from '../state-chip.tsx';
import { useTick } from '../use-tick.ts';
import { AskSection } from './ask-section.tsx';
import { BundleCard } from './bundle-card.tsx';
import { LinkCard } from './link-card.tsx';
import { ModelsCard } from './models-card.tsx';
import { OutboxSection } from './outbox-section.tsx';
import { RoutesSection } from './routes-section.tsx';

/** All about one site. */
export function SiteView({ sites, site }: { sites: Sites; site: Site }) {
  useTick();
  const advice = siteAdvice(site);
  return (
    <div class="view">
      <header class="view-head">
        <h1>
          Site <span class="site-name">{site.name}</span>
        </h1>
        <StateChip state={siteWords(site)} />
      </header>
      {advice !== undefined && <p class="stale">{advice}</p>}
      <StaleNote problem={sites.stale.value} />
      <div class="cards">
        <LinkCard sites={sites} link={site.link} />
        <BundleCard site={site} now={sites.now} />
        <ModelsCard site={site} />
      </div>
      <div class="site-work">
        <AskSection sites={sites} site={site} />
        <OutboxSection sites={sites} outbox={site.outbox} />
      </div>
      <RoutesSection models={sites.routes.value} />
    </div>
  );
}
