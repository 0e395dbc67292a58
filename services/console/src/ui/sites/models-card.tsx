import type { Site } from '../../api/sites/site.ts';

/** What can be asked for, and where it is answered. */
export function ModelsCard({ site: { models, link } }: { site: Site }) {
  return (
    <section class="card models-card" aria-label="Models">
      <h2>Models</h2>
      <ul class="site-models">
        {models.map(({ id, onSite }) => (
          <li key={id}>
            <code>{id}</code>
            <small>{onSite ? 'on site: answers always' : reach(link.online)}</small>
          </li>
        ))}
      </ul>
      {models.length === 0 && <p class="help">None is known.</p>}
    </section>
  );
}

const reach = (online: boolean) =>
  online ? 'at the centre: answers over the link' : 'at the centre: its requests wait for the link';
