import { findPhrase, findPii, type Finding } from './find-pii.ts';
import type { GuardrailDefinition } from './guardrail-config.ts';

export interface Hit extends Finding {
  action: 'BLOCKED' | 'ANONYMIZED';
  /** A PII type, or undefined for a denied word. */
  type: string | undefined;
}

/** Bedrock's GuardrailAssessment, the two policies of it that are served here. */
export interface Assessment {
  wordPolicy?: { customWords: { match: string; action: 'BLOCKED'; detected: true }[]; managedWordLists: [] };
  sensitiveInformationPolicy?: {
    piiEntities: { match: string; type: string; action: Hit['action']; detected: true }[];
    regexes: [];
  };
}

export interface Verdict {
  action: 'NONE' | 'ANONYMIZED' | 'BLOCKED';
  /** The text with `{TYPE}` in place of what was anonymised. Meaningless when blocked. */
  text: string;
  assessment: Assessment;
}

/** Applies a guardrail to one text. Where findings overlap, the one that starts first counts; of two, the longer. */
export function assess(guardrail: GuardrailDefinition, text: string): Verdict {
  const hits = findHits(guardrail, text);
  const blocked = hits.some(({ action }) => action === 'BLOCKED');
  return {
    action: blocked ? 'BLOCKED' : hits.length > 0 ? 'ANONYMIZED' : 'NONE',
    text: masked(text, hits),
    assessment: toAssessment(hits),
  };
}

export function findHits(guardrail: GuardrailDefinition, text: string): Hit[] {
  const hits: Hit[] = [
    ...guardrail.piiEntities.flatMap(({ type, action }) =>
      findPii(type, text).map((finding) => ({
        ...finding,
        type,
        action: action === 'BLOCK' ? ('BLOCKED' as const) : ('ANONYMIZED' as const),
      })),
    ),
    ...guardrail.deniedWords.flatMap((phrase) =>
      findPhrase(phrase, text).map((finding) => ({ ...finding, type: undefined, action: 'BLOCKED' as const })),
    ),
  ];
  hits.sort((a, b) => a.start - b.start || b.end - a.end);
  let covered = 0;
  return hits.filter((hit) => {
    if (hit.start < covered && hit.action !== 'BLOCKED') return false;
    covered = Math.max(covered, hit.end);
    return true;
  });
}

function masked(text: string, hits: readonly Hit[]): string {
  let result = '';
  let at = 0;
  for (const hit of hits) {
    if (hit.start < at) continue;
    result += `${text.slice(at, hit.start)}{${hit.type ?? 'WORD'}}`;
    at = hit.end;
  }
  return result + text.slice(at);
}

function toAssessment(hits: readonly Hit[]): Assessment {
  const words = hits.filter(({ type }) => type === undefined);
  const entities = hits.flatMap(({ match, type, action }) =>
    type ? [{ match, type, action, detected: true as const }] : [],
  );
  return {
    ...(words.length > 0 && {
      wordPolicy: {
        customWords: words.map(({ match }) => ({ match, action: 'BLOCKED' as const, detected: true as const })),
        managedWordLists: [],
      },
    }),
    ...(entities.length > 0 && { sensitiveInformationPolicy: { piiEntities: entities, regexes: [] } }),
  };
}

/** One assessment out of several, for texts that were looked at piece by piece. */
export function mergeAssessments(assessments: readonly Assessment[]): Assessment {
  const words = assessments.flatMap(({ wordPolicy }) => wordPolicy?.customWords ?? []);
  const entities = assessments.flatMap(({ sensitiveInformationPolicy: policy }) => policy?.piiEntities ?? []);
  return {
    ...(words.length > 0 && { wordPolicy: { customWords: words, managedWordLists: [] } }),
    ...(entities.length > 0 && { sensitiveInformationPolicy: { piiEntities: entities, regexes: [] } }),
  };
}
