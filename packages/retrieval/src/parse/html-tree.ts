import type { DefaultTreeAdapterMap } from 'parse5';

export type Node = DefaultTreeAdapterMap['node'];
export type Element = DefaultTreeAdapterMap['element'];

/** What nobody reads as the page's text. Not `form`: some frameworks put the whole page into one. */
const SKIPPED = new Set(
  'script style template noscript nav footer aside head iframe object svg math button select textarea datalist dialog canvas audio video'.split(
    ' ',
  ),
);

/** What stands apart from the text before and after it. */
export const BLOCKS: ReadonlySet<string> = new Set(
  'p div section article main header form fieldset h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre table caption thead tbody tfoot tr td th figure figcaption address details summary hr body html'.split(
    ' ',
  ),
);

export function isElement(node: Node): node is Element {
  return 'tagName' in node;
}

/** Left out with everything in it: navigation, scripts, and what the page hides. */
export function isLeftOut({ tagName, attrs }: Element): boolean {
  return (
    SKIPPED.has(tagName) ||
    attrs.some(
      ({ name, value }) =>
        name === 'hidden' ||
        (name === 'aria-hidden' && value === 'true') ||
        (name === 'style' && /display\s*:\s*none|visibility\s*:\s*hidden/i.test(value)),
    )
  );
}

/** Puts a node's children on a stack, the first on top. One by one: as arguments of one call a long page's would not fit. */
export function pushChildren(stack: unknown[], node: Node): void {
  if (!('childNodes' in node)) return;
  for (let index = node.childNodes.length - 1; index >= 0; index--) stack.push(node.childNodes[index]);
}

/** Elements of these names below another, in order; not those within one another. */
export function* descendants(root: Node, names: ReadonlySet<string>): Generator<Element> {
  const stack: Node[] = [];
  pushChildren(stack, root);
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (isElement(next) && names.has(next.tagName)) yield next;
    else pushChildren(stack, next);
  }
}

/** The text of an element on one line, with a blank between blocks. */
export function innerText(root: Node): string {
  let text = '';
  const stack: Node[] = [];
  pushChildren(stack, root);
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next.nodeName === '#text') text += (next as DefaultTreeAdapterMap['textNode']).value;
    else if (isElement(next)) {
      if (isLeftOut(next)) continue;
      if (next.tagName === 'br' || BLOCKS.has(next.tagName)) text += ' ';
      pushChildren(stack, next);
    }
  }
  return text.replace(/\s+/g, ' ').trim();
}
