import DOMPurify from 'dompurify';
import { Marked, Renderer } from 'marked';
import type { Token, Tokens, TokensList } from 'marked';

/** Sanitized HTML: where the browser has Trusted Types, an object that only this file can make. */
export type SafeHtml = string & { readonly safe: unique symbol };

const TAGS = [
  ...['p', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'strong', 'em', 'del', 'code', 'pre', 'blockquote'],
  ...[
    'ul',
    'ol',
    'li',
    'a',
    'table',
    'thead',
    'tbody',
    'tr',
    'th',
    'td',
    'figure',
    'figcaption',
    'span',
    'button',
    'div',
  ],
];
const ATTRIBUTES = [
  'href',
  'title',
  'start',
  'align',
  'class',
  'type',
  'tabindex',
  'target',
  'rel',
  'data-copy',
  'aria-label',
];

/**
 * Our own HTML for the parts where Markdown would let a model reach past its text: raw HTML is shown as text, an image becomes a link (loading
 * one would tell its host who reads), a checkbox becomes a character.
 */
class AnswerRenderer extends Renderer {
  override html({ text }: Tokens.HTML | Tokens.Tag): string {
    return escapeHtml(text);
  }

  override image({ href, text }: Tokens.Image): string {
    const label = text === '' ? href : text;
    return `<a href="${escapeHtml(href)}">Image: ${escapeHtml(label)}</a>`;
  }

  override checkbox({ checked }: Tokens.Checkbox): string {
    return checked ? '☑ ' : '☐ ';
  }

  override code({ text, lang }: Tokens.Code): string {
    const language = /^[\w+#.-]{1,24}/.exec(lang ?? '')?.[0] ?? 'text';
    return (
      `<figure class="code"><figcaption><span>${escapeHtml(language)}</span>` +
      `<button type="button" data-copy="" aria-label="Copy this code">Copy</button></figcaption>` +
      `<pre tabindex="0"><code>${escapeHtml(text)}\n</code></pre></figure>`
    );
  }

  override table(token: Tokens.Table): string {
    return `<div class="wide" tabindex="0">${super.table(token)}</div>`;
  }

  // A one-page document has its own h1 and h2: what a model calls a heading starts below them.
  override heading({ tokens, depth }: Tokens.Heading): string {
    const level = Math.min(6, depth + 2);
    return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>\n`;
  }
}

// `use()` would pass over the methods of a class; a set option takes the renderer whole.
const marked = new Marked().setOptions({ gfm: true, breaks: false, renderer: new AnswerRenderer() });
const purifier = DOMPurify();

purifier.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName !== 'A') return;
  if (!node.hasAttribute('href')) return;
  node.setAttribute('target', '_blank');
  node.setAttribute('rel', 'noopener noreferrer nofollow');
});

/** Markdown as top-level tokens: the pieces that can be rendered one by one. */
export function lex(source: string): TokensList {
  return marked.lexer(source);
}

/** One top-level token as HTML that is safe whatever a model wrote. */
export function renderToken(token: Token): SafeHtml {
  return sanitize(marked.parser([token]));
}

/** A whole Markdown text as safe HTML. */
export function renderMarkdown(source: string): SafeHtml {
  return sanitize(marked.parser(lex(source)));
}

/** A whole Markdown text as nodes that are as safe, to be read and drawn again with more in them. */
export function renderMarkdownNodes(source: string): DocumentFragment {
  return purifier.sanitize(marked.parser(lex(source)), { ...RULES, RETURN_DOM_FRAGMENT: true });
}

const RULES = {
  ALLOWED_TAGS: TAGS,
  ALLOWED_ATTR: ATTRIBUTES,
  // Every other attribute's value would have to look like a URL of an allowed kind.
  ADD_URI_SAFE_ATTR: ATTRIBUTES.filter((name) => name !== 'href'),
  ALLOW_DATA_ATTR: false,
  ALLOW_ARIA_ATTR: false,
  ALLOWED_URI_REGEXP: /^(?:https?:|mailto:)/i,
};

function sanitize(html: string): SafeHtml {
  return purifier.sanitize(html, { ...RULES, RETURN_TRUSTED_TYPE: true }) as unknown as SafeHtml;
}

function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
