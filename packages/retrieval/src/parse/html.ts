import { PlatformError } from '@plinth/contracts';
import { defaultTreeAdapter, parse, type DefaultTreeAdapterMap } from 'parse5';
import type { BlockKind, ParsedDocument, SourceDocument } from '../ports/document.ts';
import { CanonicalText } from './canonical-text.ts';
import { decodeText } from './decode-text.ts';
import { addTable, isLayout } from './html-table.ts';
import {
  BLOCKS,
  descendants,
  innerText,
  isElement,
  isLeftOut,
  pushChildren,
  type Element,
  type Node,
} from './html-tree.ts';

/** Of elements in one another. Browsers stop at 512; beyond, the parser's time grows with the square. */
const MOST_NESTED = 5_000;
const TITLE = new Set(['title']);
const KINDS: Readonly<Record<string, BlockKind>> = {
  li: 'list-item',
  dt: 'list-item',
  dd: 'list-item',
  blockquote: 'quote',
  pre: 'code',
};

/** HTML: what a person reads of it. Navigation, scripts and hidden parts are left out. */
export function parseHtml({ bytes }: SourceDocument): ParsedDocument {
  return htmlText(decodeText(bytes));
}

/** The same for HTML made from another format. */
export function htmlText(source: string): ParsedDocument {
  const text = new CanonicalText();
  const walk = new Walk(text);
  walk.run(treeOf(source));
  return text.finish(walk.title);
}

function treeOf(source: string): Node {
  let nested = 0;
  const treeAdapter = {
    ...defaultTreeAdapter,
    onItemPush() {
      if (++nested > MOST_NESTED)
        throw new PlatformError(
          'invalid_request',
          `The page has elements nested more than ${MOST_NESTED} deep. Save it in another format.`,
        );
    },
    onItemPop() {
      nested--;
    },
  };
  return parse<DefaultTreeAdapterMap>(source, { treeAdapter });
}

/** Goes over the tree without recursion, and so to any depth. */
class Walk {
  title: string | undefined;
  readonly #text: CanonicalText;
  readonly #stack: (Node | (() => void))[] = [];
  #inline = '';
  #kind: BlockKind = 'paragraph';
  #level: number | undefined;

  constructor(text: CanonicalText) {
    this.#text = text;
  }

  run(root: Node): void {
    this.#stack.push(root);
    for (let next = this.#stack.pop(); next !== undefined; next = this.#stack.pop()) {
      if (typeof next === 'function') next();
      else if (next.nodeName === '#text') this.#write((next as DefaultTreeAdapterMap['textNode']).value);
      else if (isElement(next)) this.#open(next);
      else pushChildren(this.#stack, next);
    }
    this.#flush();
  }

  #open(element: Element): void {
    const name = element.tagName;
    if (name === 'head') this.title ??= titleOf(element);
    if (isLeftOut(element)) return;
    if (name === 'br') this.#inline += '\n';
    else if (name === 'table' && !isLayout(element)) {
      this.#flush();
      addTable(this.#text, element);
    } else {
      if (BLOCKS.has(name)) this.#openBlock(name);
      pushChildren(this.#stack, element);
    }
  }

  #openBlock(name: string): void {
    this.#flush();
    const [kind, level] = [this.#kind, this.#level];
    this.#stack.push(() => {
      this.#flush();
      [this.#kind, this.#level] = [kind, level];
    });
    const heading = /^h([1-6])$/.exec(name);
    if (heading !== null) [this.#kind, this.#level] = ['heading', Number(heading[1])];
    else if (KINDS[name] !== undefined) [this.#kind, this.#level] = [KINDS[name], undefined];
  }

  /** The ends of the source's lines mean nothing, except in code. */
  #write(value: string): void {
    this.#inline += this.#kind === 'code' ? value : value.replace(/\s+/g, ' ');
  }

  #flush(): void {
    this.#text.add(this.#kind, this.#inline, this.#level === undefined ? {} : { level: this.#level });
    this.#inline = '';
  }
}

function titleOf(head: Element): string | undefined {
  const title = descendants(head, TITLE).next().value;
  return title && innerText(title);
}
