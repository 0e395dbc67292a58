import type { GuardPolicy } from '@plinth/contracts';
import { DeniedTopics } from './denied-topics.ts';
import type { Detector, Span } from './detector.ts';
import { mayHoldShape } from './may-hold-shape.ts';
import { openTailStart } from './open-tail.ts';
import { piiDetectors } from './pii.ts';
import { injectionDetectors } from './injection.ts';
import { secretDetectors } from './secrets.ts';

/** A finding and where it is. */
export interface Match extends Span {
  readonly detector: Detector;
}

/** Text after the policy was applied. When `blocked`, it ends just before the first thing that must not be sent. */
export interface Screened {
  readonly text: string;
  readonly blocked: boolean;
  readonly matches: readonly Match[];
}

/** The detectors of one policy, applied to text. */
export class LocalEngine {
  readonly #shaped: readonly Detector[];
  readonly #topics: DeniedTopics;
  readonly #injections: readonly Detector[];

  constructor(policy: GuardPolicy) {
    this.#shaped = [...secretDetectors(policy.secrets), ...piiDetectors(policy.pii)];
    this.#topics = new DeniedTopics(policy.deniedTopics);
    this.#injections = injectionDetectors(policy.injection);
  }

  screen(text: string): Screened {
    return applyMatches(text, this.find(text));
  }

  /** A text of a document: held also against what talks to models. */
  screenDocument(text: string): Screened {
    const found = [...this.find(text), ...findAll(this.#injections, text)];
    return applyMatches(text, withoutOverlaps(found));
  }

  /** How much of `text` can be judged for good: what follows may still be the first part of something to act on. */
  settledLength(text: string, matches: readonly Match[]): number {
    let length = Math.min(openTailStart(text), this.#topics.openPhraseStart(text));
    // What was found already and reaches past this point must not be cut in two.
    for (const match of matches) if (match.start < length && match.end > length) length = match.start;
    return length;
  }

  find(text: string): readonly Match[] {
    const shaped = this.#shaped.length > 0 && mayHoldShape(text) ? this.#shaped : [];
    const detectors = this.#topics.mayBegin(text) ? [...shaped, ...this.#topics.detectors] : shaped;
    if (detectors.length === 0) return NONE;
    const matches = findAll(detectors, text);
    return matches.length > 1 ? withoutOverlaps(matches) : matches;
  }
}

function findAll(detectors: readonly Detector[], text: string): Match[] {
  return detectors.flatMap((detector) => detector.find(text).map((span) => ({ ...span, detector })));
}

/** The earliest match wins, then the longest; blocking wins over redacting where they overlap, since it must not be hidden by it. */
const NONE: readonly Match[] = [];

function withoutOverlaps(matches: Match[]): Match[] {
  matches.sort((a, b) => a.start - b.start || b.end - a.end);
  const kept: Match[] = [];
  for (const match of matches) {
    const before = kept.at(-1);
    if (before === undefined || match.start >= before.end) kept.push(match);
    else kept[kept.length - 1] = merge(before, match);
  }
  return kept;
}

function merge(a: Match, b: Match): Match {
  const detector = a.detector.action === 'block' || b.detector.action !== 'block' ? a.detector : b.detector;
  return { start: Math.min(a.start, b.start), end: Math.max(a.end, b.end), detector };
}

/** Redacts and cuts `text` by `matches`, which are in order and do not overlap. */
export function applyMatches(text: string, matches: readonly Match[]): Screened {
  let result = '';
  let from = 0;
  const used: Match[] = [];
  for (const match of matches) {
    result += text.slice(from, match.start);
    used.push(match);
    if (match.detector.action === 'block') return { text: result, blocked: true, matches: used };
    result += `[${match.detector.name.toUpperCase()}]`;
    from = match.end;
  }
  return { text: result + text.slice(from), blocked: false, matches: used };
}
