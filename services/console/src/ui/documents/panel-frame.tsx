import type { ComponentChildren } from 'preact';
import type { Documents } from '../../state/documents/documents.ts';
import { CloseIcon } from '../icons.tsx';

interface PanelFrameProps {
  documents: Documents;
  title: string;
  /** Needs more room: tables. */
  wide?: boolean;
  children: ComponentChildren;
}

export function PanelFrame({ documents, title, wide = false, children }: PanelFrameProps) {
  return (
    <aside class={wide ? 'panel roomy' : 'panel'} aria-labelledby="panel-title">
      <header>
        <h2 id="panel-title" tabindex={-1}>
          {title}
        </h2>
        <button
          type="button"
          class="quiet"
          aria-label="Close"
          title="Close (Esc)"
          onClick={() => documents.route.openPanel(undefined)}
        >
          <CloseIcon />
        </button>
      </header>
      {children}
    </aside>
  );
}
