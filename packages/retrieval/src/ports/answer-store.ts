import type { Placing, Reader, RetrievalMethod, MetadataFilter } from './retriever.ts';

/** What became of a passage that was found. */
export type PassageFate = 'packed' | 'over budget' | 'duplicate' | 'blocked' | 'below rank' | 'excluded';

/** A passage of an answer, by reference: its text stays in the index, where it is read under the reader's groups of that day. */
export interface AnswerPassage {
  readonly id: string;
  readonly documentId: string;
  readonly version: number;
  /** UTF-16 offsets into the canonical text of that version. */
  readonly start: number;
  readonly end: number;
  readonly lexical?: Placing;
  readonly dense?: Placing;
  readonly fused: Placing;
  readonly rerank?: Placing;
  readonly fate: PassageFate;
}

/** A sentence of an answer: UTF-16 offsets into it, and how the passages bear it out. */
export interface AnswerSentence {
  readonly start: number;
  readonly end: number;
  readonly claim: boolean;
  readonly supported: boolean;
  readonly score: number;
  readonly words: number;
  readonly cosine?: number;
  readonly passageId?: string;
  readonly reason?: 'words' | 'number' | 'name' | 'negation';
}

/** All that an explanation of an answer needs, but for the texts of documents. */
export interface AnswerRecord {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly question: string;
  /** What was looked for. */
  readonly query: string;
  readonly answer: string;
  readonly policy: 'mark' | 'abstain';
  readonly groundedness?: number;
  readonly abstained: boolean;
  readonly models: {
    readonly generator: string;
    readonly embedding?: string;
    readonly reranker?: string;
    readonly guardrail?: string;
  };
  readonly search: {
    readonly limit: number;
    readonly method?: RetrievalMethod;
    readonly rerank?: boolean;
    readonly filter?: MetadataFilter;
  };
  readonly passages: readonly AnswerPassage[];
  readonly sentences: readonly AnswerSentence[];
}

export interface Feedback {
  readonly rating: 'up' | 'down';
  readonly comment?: string;
  readonly at: number;
}

/** Answers for as long as they can be explained. An answer is its asker's alone: for anybody else it is not there. */
export interface AnswerStore {
  put(reader: Reader, answer: AnswerRecord): Promise<void>;
  get(reader: Reader, id: string): Promise<AnswerRecord | undefined>;
  /** Replaces earlier feedback of the same person. False when there is no such answer of theirs. */
  feedback(reader: Reader, id: string, feedback: Feedback): Promise<boolean>;
}
