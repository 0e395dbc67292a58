import type { Nodes, Parents, Table } from 'mdast';
import { fromMarkdown } from 'mdast-util-from-markdown';
import { gfmFromMarkdown } from 'mdast-util-gfm';
import { gfm } from 'micromark-extension-gfm';
import type { ParsedDocument, SourceDocument } from '../ports/document.ts';
import { CanonicalText } from './canonical-text.ts';
import { decodeText } from './decode-text.ts';
import { rowText } from './row-text.ts';

const FRONT_MATTER = /^---\r?\n([\s\S]{0,20000}?)\r?\n---\r?\n/;

/** Markdown with GitHub's tables. HTML in it is dropped; the title is the front matter's, where there is one. */
export function parseMarkdown({ bytes }: SourceDocument): ParsedDocument {
  const source = decodeText(bytes);
  const matter = FRONT_MATTER.exec(source);
  const title = /^title:\s*(["']?)(.+?)\1\s*$/m.exec(matter?.[1] ?? '')?.[2];
  const text = new CanonicalText();
  const tree = fromMarkdown(source.slice(matter?.[0].length ?? 0), {
    extensions: [gfm()],
    mdastExtensions: [gfmFromMarkdown()],
  });
  for (const node of tree.children) addNode(text, node);
  return text.finish(title);
}

function addNode(text: CanonicalText, node: Nodes): void {
  switch (node.type) {
    case 'heading':
      return text.add('heading', textOf(node), { level: node.depth });
    case 'code':
      return text.add('code', node.value);
    case 'blockquote':
      return text.add('quote', node.children.map(textOf).join('\n'));
    case 'table':
      return addTable(text, node);
    case 'list':
      for (const item of node.children)
        for (const child of item.children)
          if (child.type === 'paragraph') text.add('list-item', textOf(child));
          else addNode(text, child);
      return;
    case 'html':
    case 'thematicBreak':
    case 'definition':
      return;
    default:
      text.add('paragraph', textOf(node));
  }
}

function addTable(text: CanonicalText, table: Table): void {
  const [head, ...rows] = table.children.map((row) => row.children.map(textOf));
  if (head === undefined) return;
  if (rows.length === 0) text.add('table-row', head.join('; '));
  for (const row of rows) text.add('table-row', rowText(head, row));
}

function textOf(node: Nodes): string {
  if (node.type === 'break') return '\n';
  if (node.type === 'image') return node.alt ?? '';
  if (node.type === 'html') return '';
  if ('value' in node) return node.value;
  return 'children' in node ? (node as Parents).children.map(textOf).join('') : '';
}
