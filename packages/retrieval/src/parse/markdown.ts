import type { Html, Nodes, Parents, Table } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import type { ParsedDocument, SourceDocument } from '../ports/document.ts';
import { CanonicalText } from './canonical-text.ts';
import { decodeText } from './decode-text.ts';
import { htmlText } from './html.ts';
import { rowText } from './row-text.ts';

/** Begins with a key: a text between two rules is text. */
const FRONT_MATTER =
  /^---[^\S\n]*\r?\n(?=\s*(?:#|[\w-]+[^\S\n]*:))([\s\S]{0,20000}?)\r?\n(?:---|\.\.\.)[^\S\n]*(?:\r?\n|$)/;

/** Markdown with GitHub's tables. HTML in it is read as HTML is; the title is the front matter's, where there is one. */
export function parseMarkdown({ bytes }: SourceDocument): ParsedDocument {
  const source = decodeText(bytes);
  const matter = FRONT_MATTER.exec(source);
  const title = /^title:[^\S\n]*(["']?)(\S.*?)\1\s*$/m.exec(matter?.[1] ?? '')?.[2];
  const text = new CanonicalText();
  const tree = fromMarkdown(source.slice(matter?.[0].length ?? 0), {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  });
  for (const node of tree.children) addNode(text, node, 'paragraph');
  return text.finish(title);
}

/** @param kind Of the text that is in it: where it stands says that. */
function addNode(text: CanonicalText, node: Nodes, kind: 'paragraph' | 'list-item' | 'quote'): void {
  switch (node.type) {
    case 'heading':
      // One that is quoted begins no section.
      return kind === 'quote' ? text.add(kind, textOf(node)) : text.add('heading', textOf(node), { level: node.depth });
    case 'code':
      return text.add('code', node.value);
    case 'table':
      return addTable(text, node);
    case 'html':
      return addHtml(text, node);
    case 'blockquote':
      for (const child of node.children) addNode(text, child, 'quote');
      return;
    case 'list':
      for (const item of node.children)
        for (const child of item.children) addNode(text, child, kind === 'quote' ? kind : 'list-item');
      return;
    case 'footnoteDefinition':
      for (const child of node.children) addNode(text, child, kind);
      return;
    default:
      text.add(kind, textOf(node));
  }
}

function addTable(text: CanonicalText, table: Table): void {
  const [head, ...rows] = table.children.map((row) => row.children.map(textOf));
  if (head === undefined) return;
  if (rows.length === 0) text.add('table-row', head.join('; '));
  for (const row of rows) text.add('table-row', rowText(head, row));
}

function addHtml(text: CanonicalText, { value }: Html): void {
  const part = htmlText(value);
  for (const { kind, level, start, end } of part.blocks)
    text.add(kind, part.text.slice(start, end), level === undefined ? {} : { level });
}

function textOf(node: Nodes): string {
  if (node.type === 'break') return '\n';
  if (node.type === 'image') return node.alt ?? '';
  if (node.type === 'html') return /^<br\b/i.test(node.value) ? '\n' : '';
  // Where a line of the source was wrapped is no part of the text.
  if ('value' in node) return node.value.replace(/[^\S\n]*\n[^\S\n]*/g, ' ');
  return 'children' in node ? (node as Parents).children.map(textOf).join('') : '';
}
