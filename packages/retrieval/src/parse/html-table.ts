import type { CanonicalText } from './canonical-text.ts';
import { descendants, innerText, isElement, isLeftOut, type Element } from './html-tree.ts';
import { rowText } from './row-text.ts';

const CAPTION = new Set(['caption']);
const ROWS = new Set(['tr']);
const CELLS = new Set(['td', 'th']);
const STRUCTURE = new Set(['table', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6']);

/** Whether a table only places other things on the page: its cells are read as the blocks that they hold. */
export function isLayout(table: Element): boolean {
  const role = table.attrs.find(({ name }) => name === 'role')?.value;
  return role === 'presentation' || role === 'none' || !descendants(table, STRUCTURE).next().done;
}

/** A table row by row, each with the names of its columns. */
export function addTable(text: CanonicalText, table: Element): void {
  for (const caption of descendants(table, CAPTION)) text.add('paragraph', innerText(caption));
  let head: readonly string[] = [];
  let headWaits = false;
  for (const row of descendants(table, ROWS)) {
    if (isLeftOut(row)) continue;
    const cells = [...descendants(row, CELLS)];
    const values = cells.map(innerText);
    if (isHead(row, cells)) {
      // Of several lines of names the last is nearest to the columns; the others are kept as they are.
      if (headWaits) text.add('table-row', rowText([], head));
      [head, headWaits] = [values, true];
    } else {
      text.add('table-row', rowText(head, values));
      headWaits = false;
    }
  }
  if (headWaits) text.add('table-row', rowText([], head));
}

function isHead(row: Element, cells: readonly Element[]): boolean {
  const { parentNode } = row;
  if (parentNode !== null && isElement(parentNode) && parentNode.tagName === 'thead') return true;
  return cells.length > 0 && cells.every(({ tagName }) => tagName === 'th');
}
