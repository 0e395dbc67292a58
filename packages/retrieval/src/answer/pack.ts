import { createHash } from 'node:crypto';
import type { PassageFate } from '../ports/answer-store.ts';
import type { ScoredPassage } from '../ports/retriever.ts';
import { passageBytes } from './prompt.ts';

/** A passage as the model is to see it. */
export interface PackedPassage {
  readonly found: ScoredPassage;
  /** Title and headings in one line, and the text: as the guard left them. */
  readonly header: string;
  readonly text: string;
  /** Nothing was taken out of either. */
  readonly whole: boolean;
}

export interface Packing {
  /** In the order they were found. */
  readonly packed: readonly PackedPassage[];
  /** By index of the candidates. */
  readonly fates: readonly PassageFate[];
}

export interface PackOptions {
  /** Bytes of UTF-8 for all of them. */
  readonly budgetBytes: number;
  readonly most: number;
  readonly exclude?: ReadonlySet<string>;
  /** Holds texts against the guard, in order. */
  readonly screen: (
    texts: readonly string[],
  ) => Promise<readonly { readonly text: string; readonly blocked: boolean }[]>;
}

const MAX_HEADER = 200;

/**
 * Chooses what goes into the prompt: best first, each whole, equal ones once. What the guard objects to makes room for the next, so the guard sees
 * only what would be packed.
 */
export async function packPassages(candidates: readonly ScoredPassage[], options: PackOptions): Promise<Packing> {
  const screened = new Map<number, PackedPassage | 'blocked'>();
  for (;;) {
    const { chosen, fates } = choose(candidates, screened, options);
    const unseen = chosen.filter((index) => !screened.has(index));
    if (unseen.length === 0) return { packed: chosen.map((index) => screened.get(index) as PackedPassage), fates };
    const texts = unseen.map((index) => renderedSource(candidates[index]!));
    const verdicts = await options.screen(texts);
    for (const [at, index] of unseen.entries()) {
      const { text, blocked } = verdicts[at]!;
      screened.set(index, blocked ? 'blocked' : packedPassage(candidates[index]!, texts[at]!, text));
    }
  }
}

function choose(
  candidates: readonly ScoredPassage[],
  screened: ReadonlyMap<number, PackedPassage | 'blocked'>,
  options: PackOptions,
): { chosen: number[]; fates: PassageFate[] } {
  const seen = new Set<string>();
  const chosen: number[] = [];
  let left = options.budgetBytes;
  const fates = candidates.map((candidate, index): PassageFate => {
    const { passage } = candidate;
    if (options.exclude?.has(passage.id) === true) return 'excluded';
    const known = screened.get(index);
    if (known === 'blocked') return 'blocked';
    const hash = contentHash(passage.text);
    if (seen.has(hash)) return 'duplicate';
    if (chosen.length >= options.most) return 'below rank';
    const { header, text } = known ?? partsOf(renderedSource(candidate));
    const bytes = passageBytes(header, text);
    if (bytes > left) return 'over budget';
    left -= bytes;
    seen.add(hash);
    chosen.push(index);
    return 'packed';
  });
  return { chosen, fates };
}

/** One line of title and headings, then the text. The line is a document's own words too. */
function renderedSource({ passage }: ScoredPassage): string {
  const header = [passage.title, ...passage.headingPath].join(' › ').replace(/\s+/g, ' ').trim();
  return `${header.slice(0, MAX_HEADER)}\n${passage.text}`;
}

function packedPassage(found: ScoredPassage, rendered: string, text: string): PackedPassage {
  return { found, ...partsOf(text), whole: text === rendered };
}

function partsOf(rendered: string): Pick<PackedPassage, 'header' | 'text'> {
  const line = rendered.indexOf('\n');
  return { header: rendered.slice(0, Math.max(0, line)), text: rendered.slice(line + 1) };
}

function contentHash(text: string): string {
  return createHash('sha256').update(text.replace(/\s+/g, ' ').trim().toLowerCase()).digest('base64');
}
