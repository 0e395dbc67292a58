import { createContext, h } from 'preact';
import type { ComponentChild } from 'preact';
import { useContext, useMemo } from 'preact/hooks';
import { renderMarkdownNodes } from '../../markdown/render.ts';
import { readMarks, withoutMarks, writeMarks } from '../../text/citations.ts';
import type { Mark, NumberedSource } from '../../text/citations.ts';

/** What the chips inside an answer can do. */
export interface ChipActions {
  sources: readonly NumberedSource[];
  /** The chip that is hovered or has the focus now, or none. */
  onPoint: (number: number | undefined, chip?: HTMLElement) => void;
  onOpen: (number: number) => void;
  /** The card that tells of the chip now pointed at. */
  card: { id: string; number: number } | undefined;
}

const Chips = createContext<ChipActions | undefined>(undefined);

/**
 * An answer's Markdown with its sources as numbered chips and its unsupported parts marked. The HTML is sanitized first, then drawn again node by
 * node: a chip can only come from a citation, whatever a model writes.
 */
export function CitedText({ text, marks, actions }: { text: string; marks: readonly Mark[]; actions: ChipActions }) {
  const nodes = useMemo(() => draw(renderMarkdownNodes(writeMarks(text, marks)), { open: false }), [text, marks]);
  return (
    <Chips.Provider value={actions}>
      <div class="prose">{nodes}</div>
    </Chips.Provider>
  );
}

function draw(parent: ParentNode & Node, state: { open: boolean }): ComponentChild[] {
  return [...parent.childNodes].flatMap((node): ComponentChild[] => {
    if (node.nodeType === Node.TEXT_NODE) return drawText(node.nodeValue ?? '', state);
    if (!(node instanceof Element)) return [];
    const attributes = [...node.attributes].map(({ name, value }) => [name, withoutMarks(value)]);
    return [h(node.localName, Object.fromEntries(attributes) as Record<string, string>, draw(node, state))];
  });
}

function drawText(text: string, state: { open: boolean }): ComponentChild[] {
  return readMarks(text).map((piece): ComponentChild => {
    switch (piece.kind) {
      case 'text':
        return state.open && piece.text.trim() !== '' ? <span class="unsupported">{piece.text}</span> : piece.text;
      case 'source':
        return <Chip number={piece.number} />;
      case 'open':
        state.open = true;
        return <span class="unseen">Not supported by the documents: </span>;
      case 'close':
        state.open = false;
        return (
          <span class="flag" aria-hidden="true">
            not in the documents
          </span>
        );
    }
  });
}

function Chip({ number }: { number: number }) {
  const actions = useContext(Chips);
  const source = actions?.sources.find((each) => each.number === number);
  if (actions === undefined || source === undefined) return null;
  const { title, page } = source.citation;
  return (
    <sup>
      <button
        type="button"
        class="chip"
        aria-label={`Source ${number}: ${title}${page === undefined ? '' : `, page ${page}`}`}
        aria-describedby={actions.card?.number === number ? actions.card.id : undefined}
        onMouseEnter={(event) => actions.onPoint(number, event.currentTarget)}
        onMouseLeave={() => actions.onPoint(undefined)}
        onFocus={(event) => actions.onPoint(number, event.currentTarget)}
        onBlur={() => actions.onPoint(undefined)}
        onClick={() => actions.onOpen(number)}
      >
        {number}
      </button>
    </sup>
  );
}
