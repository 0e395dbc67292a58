import type { UrlCitation } from '@plinth/contracts';
import { cut, type Style } from '@plinth/planning/report';
import { printable } from './printable.ts';

const QUOTE = 300;

/** The sources of an answer, numbered in the order they are first cited. */
export class SourceList {
  readonly #numbers = new Map<string, number>();
  readonly citations: (UrlCitation & { readonly number: number })[] = [];

  /** The number of a citation's source; the same passage keeps its number. */
  numberOf(citation: UrlCitation): number {
    const key = JSON.stringify([citation.document_id, citation.version, citation.page, citation.quote]);
    const number = this.#numbers.get(key) ?? this.#numbers.size + 1;
    this.#numbers.set(key, number);
    this.citations.push({ ...citation, number });
    return number;
  }

  render(style: Style): string {
    const first = new Map(this.citations.map((citation) => [citation.number, citation]));
    if (first.size === 0) return '';
    const lines = [...first].map(([number, { title, document_id: id, page, quote, url }]) => {
      const place = [title || id, ...(page === undefined ? [] : [`page ${page}`])].join(', ');
      const link = [...new Set([id, url])].filter((each) => each !== '' && each !== title).join('  ');
      return `${style.cyan(`[${number}]`)} ${style.bold(printable(place))}  ${style.dim(printable(link))}\n    “${cut(printable(quote), QUOTE)}”`;
    });
    return `\nSources\n${lines.join('\n')}\n`;
  }
}
