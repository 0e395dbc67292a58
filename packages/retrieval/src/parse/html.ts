import { parse, type DefaultTreeAdapterMap } from 'parse5';
import type { BlockKind, ParsedDocument, SourceDocument } from '../ports/document.ts';
import { CanonicalText } from './canonical-text.ts';
import { decodeText } from './decode-text.ts';
import { rowText } from './row-text.ts';

type Node = DefaultTreeAdapterMap['node'];
type Element = DefaultTreeAdapterMap['element'];

const SKIPPED = new Set(
  'script style template noscript nav footer aside head iframe object svg math form button select'.split(' '),
);
const KINDS: Readonly<Record<string, BlockKind>> = {
  li: 'list-item',
  blockquote: 'quote',
  pre: 'code',
  dt: 'list-item',
  dd: 'list-item',
};
const BLOCKS = new Set(
  'p div section article main header h1 h2 h3 h4 h5 h6 ul ol li dl dt dd blockquote pre table figure figcaption address details summary hr body html'.split(
    ' ',
  ),
);

/** HTML: what a person reads of it. Navigation, scripts and hidden parts are left out. */
export function parseHtml({ bytes }: SourceDocument): ParsedDocument {
  return htmlText(decodeText(bytes));
}

/** The same for HTML made from another format. */
export function htmlText(source: string): ParsedDocument {
  const tree = parse(source);
  const text = new CanonicalText();
  const walk = new Walk(text);
  walk.run(tree);
  return text.finish(walk.title);
}

/** Goes over the tree without recursion: a page may be nested as deep as it likes. */
class Walk {
  title: string | undefined;
  readonly #text: CanonicalText;
  #inline = '';
  #kind: BlockKind = 'paragraph';
  #level: number | undefined;

  constructor(text: CanonicalText) {
    this.#text = text;
  }

  run(root: Node): void {
    const stack: (Node | (() => void))[] = [root];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (typeof next === 'function') next();
      else if (next.nodeName === '#text') this.#inline += (next as DefaultTreeAdapterMap['textNode']).value;
      else if ('tagName' in next) this.#open(next, stack);
      else if ('childNodes' in next) stack.push(...[...next.childNodes].reverse());
    }
    this.#flush();
  }

  #open(element: Element, stack: (Node | (() => void))[]): void {
    const name = element.tagName;
    if (name === 'head') this.title ??= titleOf(element);
    if (SKIPPED.has(name) || isHidden(element)) return;
    if (name === 'br') return void (this.#inline += '\n');
    if (name === 'table') return this.#table(element);
    const children = [...element.childNodes].reverse();
    if (!BLOCKS.has(name)) return void stack.push(...children);
    const outer = { kind: this.#kind, level: this.#level };
    this.#flush();
    const heading = /^h([1-6])$/.exec(name);
    if (heading !== null) [this.#kind, this.#level] = ['heading', Number(heading[1])];
    else if (KINDS[name] !== undefined) [this.#kind, this.#level] = [KINDS[name], undefined];
    stack.push(
      () => {
        this.#flush();
        this.#kind = outer.kind;
        this.#level = outer.level;
      },
      ...children,
    );
  }

  #table(table: Element): void {
    this.#flush();
    const rows = descendants(table, new Set(['tr'])).map((row) => ({
      cells: descendants(row, new Set(['td', 'th'])).map(innerText),
      head:
        row.childNodes.some((cell) => 'tagName' in cell && cell.tagName === 'th') &&
        !row.childNodes.some((cell) => 'tagName' in cell && cell.tagName === 'td'),
    }));
    const head = rows.find((row) => row.head)?.cells ?? [];
    for (const row of rows) if (!row.head) this.#text.add('table-row', rowText(head, row.cells));
  }

  #flush(): void {
    this.#text.add(this.#kind, this.#inline, this.#level === undefined ? {} : { level: this.#level });
    this.#inline = '';
  }
}

function titleOf(head: Element): string | undefined {
  const [title] = descendants(head, new Set(['title']));
  return title && innerText(title);
}

function isHidden({ attrs }: Element): boolean {
  return attrs.some(
    ({ name, value }) =>
      name === 'hidden' ||
      (name === 'aria-hidden' && value === 'true') ||
      (name === 'style' && /display\s*:\s*none|visibility\s*:\s*hidden/i.test(value)),
  );
}

/** Elements of these names below another, in order; not those within one another. */
function descendants(root: Element, names: ReadonlySet<string>): Element[] {
  const found: Element[] = [];
  const stack: Node[] = [...root.childNodes].reverse();
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if ('tagName' in next && names.has(next.tagName)) found.push(next);
    else if ('childNodes' in next) stack.push(...[...next.childNodes].reverse());
  }
  return found;
}

function innerText(root: Element): string {
  let text = '';
  const stack: Node[] = [...root.childNodes].reverse();
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    if (next.nodeName === '#text') text += (next as DefaultTreeAdapterMap['textNode']).value;
    else if ('tagName' in next && SKIPPED.has(next.tagName)) continue;
    else if ('childNodes' in next) stack.push(...[...next.childNodes].reverse());
  }
  return text.replace(/\s+/g, ' ').trim();
}
