import type { Group, Picture, PictureCard, PictureEdge } from './model.ts';

/** Pixels of the picture. */
export const WIDTH = 1200;
const MARGIN = 28;
const HEADER = 84;
const CALLER = 104;
const COLUMN_GAP = 72;
const PANEL_GAP = 20;
const PANEL_HEAD = 36;
const PADDING = 14;
const CARD = 54;
const CARD_GAP = 12;
/** Between cards a request passes one after the other: room for an arrow. */
const PATH_GAP = 20;
const STRIP_COLUMNS = 4;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedCard extends Box {
  readonly card: PictureCard;
}

export interface Panel extends Box {
  readonly group: Group;
  readonly cards: readonly PlacedCard[];
}

export interface Layout {
  readonly height: number;
  readonly panels: readonly Panel[];
  /** Where requests come from; absent where nothing faces a caller. */
  readonly caller: { readonly x: number; readonly y: number } | undefined;
  /** Arrows between panels, and inside a panel of work. */
  readonly edges: readonly { readonly from: PlacedCard; readonly to: PlacedCard }[];
}

const COLUMNS: readonly (readonly Group[])[] = [['front'], ['work'], ['model', 'data']];
const STRIPS: readonly Group[] = ['network', 'watch'];

/** Columns from the caller to the data, each centred; below them, full width, what holds and watches everything. */
export function layOut({ cards, edges }: Picture): Layout {
  const of = (group: Group) => cards.filter((card) => card.group === group);
  const columns = COLUMNS.map((groups) => groups.filter((group) => of(group).length > 0)).filter(
    (groups) => groups.length > 0,
  );
  const facesCallers = of('front').length > 0;
  const left = MARGIN + (facesCallers ? CALLER : 0);
  const width = (WIDTH - MARGIN - left - COLUMN_GAP * (columns.length - 1)) / Math.max(1, columns.length);
  const heights = columns.map((groups) =>
    sum(
      groups.map((group) => stackHeight(group, of(group).length)),
      PANEL_GAP,
    ),
  );
  const tallest = Math.max(0, ...heights);
  const panels: Panel[] = columns.flatMap((groups, index) => {
    let y = HEADER + (tallest - (heights[index] ?? 0)) / 2;
    return groups.map((group) => {
      const panel = stacked(group, of(group), left + index * (width + COLUMN_GAP), y, width);
      y += panel.height + PANEL_GAP;
      return panel;
    });
  });
  let y = HEADER + tallest + (tallest > 0 ? 28 : 0);
  for (const group of STRIPS) {
    if (of(group).length === 0) continue;
    const panel = strip(group, of(group), y);
    panels.push(panel);
    y += panel.height + PANEL_GAP;
  }
  const front = panels.find(({ group }) => group === 'front')?.cards[0];
  return {
    height: Math.ceil(y - PANEL_GAP + MARGIN),
    panels,
    caller: front && { x: MARGIN + 30, y: front.y + front.height / 2 },
    edges: drawn(edges, panels),
  };
}

function stackHeight(group: Group, count: number): number {
  return PANEL_HEAD + count * CARD + (count - 1) * gapOf(group) + PADDING;
}

const gapOf = (group: Group) => (group === 'front' ? PATH_GAP : CARD_GAP);

function stacked(group: Group, cards: readonly PictureCard[], x: number, y: number, width: number): Panel {
  const place = (card: PictureCard, index: number): PlacedCard => ({
    card,
    x: x + PADDING,
    y: y + PANEL_HEAD + index * (CARD + gapOf(group)),
    width: width - 2 * PADDING,
    height: CARD,
  });
  return { group, x, y, width, height: stackHeight(group, cards.length), cards: cards.map(place) };
}

function strip(group: Group, cards: readonly PictureCard[], y: number): Panel {
  const width = WIDTH - 2 * MARGIN;
  const cell = (width - 2 * PADDING - (STRIP_COLUMNS - 1) * CARD_GAP) / STRIP_COLUMNS;
  const place = (card: PictureCard, index: number): PlacedCard => ({
    card,
    x: MARGIN + PADDING + (index % STRIP_COLUMNS) * (cell + CARD_GAP),
    y: y + PANEL_HEAD + Math.floor(index / STRIP_COLUMNS) * (CARD + CARD_GAP),
    width: cell,
    height: CARD,
  });
  const rows = Math.ceil(cards.length / STRIP_COLUMNS);
  const height = PANEL_HEAD + rows * CARD + (rows - 1) * CARD_GAP + PADDING;
  return { group, x: MARGIN, y, width, height, cards: cards.map(place) };
}

/** A dependency that points the way a request goes, left to right. What points back is configuration, and what everything uses says nothing. */
function drawn(edges: readonly PictureEdge[], panels: readonly Panel[]): Layout['edges'] {
  const columnOf = (group: Group) => COLUMNS.findIndex((groups) => groups.includes(group));
  const placed = new Map(panels.flatMap(({ cards }) => cards.map((each) => [each.card.urn, each] as const)));
  return edges.flatMap(({ from: a, to: b }) => {
    const [from, to] = [placed.get(a), placed.get(b)];
    if (from === undefined || to === undefined) return [];
    const [start, end] = [columnOf(from.card.group), columnOf(to.card.group)];
    const sameWork = from.card.group === 'work' && to.card.group === 'work';
    return start >= 0 && end >= 0 && (start < end || sameWork) ? [{ from, to }] : [];
  });
}

function sum(values: readonly number[], gap: number): number {
  return values.reduce((total, value) => total + value, 0) + gap * Math.max(0, values.length - 1);
}
