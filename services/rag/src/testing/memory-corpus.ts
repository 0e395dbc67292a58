import type { Library, Passage, Reader, Retriever, ScoredPassage } from '@plinth/retrieval';

export interface MemoryDocument {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  readonly groups: readonly string[];
}

/** A few documents in memory, one passage each, found by shared words: what the tests of this service search, and nothing else. */
export class MemoryCorpus implements Retriever, Pick<Library, 'get' | 'text'> {
  readonly queries: string[] = [];
  readonly #documents: Map<string, MemoryDocument>;

  constructor(documents: readonly MemoryDocument[]) {
    this.#documents = new Map(documents.map((document) => [document.id, document]));
  }

  /** Opens a document to others from now on. */
  regroup(id: string, groups: readonly string[]): void {
    this.#documents.set(id, { ...this.#documents.get(id)!, groups });
  }

  retrieve: Retriever['retrieve'] = ({ text, reader, limit }) => {
    this.queries.push(text);
    const asked = wordsOf(text);
    const found = [...this.#documents.values()]
      .filter((document) => mayRead(reader, document))
      .map((document) => ({ document, score: [...wordsOf(document.text)].filter((word) => asked.has(word)).length }))
      .filter(({ score }) => score > 0)
      .sort((a, b) => b.score - a.score)
      .slice(0, limit)
      .map(({ document, score }, index): ScoredPassage => {
        const placing = { rank: index + 1, score };
        return { passage: passageOf(document), lexical: placing, fused: placing };
      });
    return Promise.resolve({ passages: found, models: { embedding: 'words' } });
  };

  text: Library['text'] = (reader, id) => {
    const document = this.#readable(reader, id);
    return Promise.resolve(document && { version: 1, text: document.text, blocks: [] });
  };

  get: Library['get'] = (reader, id) => {
    const document = this.#readable(reader, id);
    return Promise.resolve(
      document && {
        tenant: reader.tenant,
        documentId: id,
        version: 1,
        state: 'indexed',
        title: document.title,
        mediaType: 'text/plain',
        bytes: document.text.length,
        contentHash: '',
        groups: document.groups,
        metadata: {},
        passages: 1,
        createdAt: 0,
        updatedAt: 0,
      },
    );
  };

  #readable(reader: Reader, id: string): MemoryDocument | undefined {
    const document = this.#documents.get(id);
    return document !== undefined && mayRead(reader, document) ? document : undefined;
  }
}

function mayRead({ groups }: Reader, document: MemoryDocument): boolean {
  return document.groups.some((group) => groups.includes(group));
}

function passageOf({ id, title, text }: MemoryDocument): Passage {
  return {
    id: `${id}#0`,
    documentId: id,
    version: 1,
    ordinal: 0,
    title,
    uri: undefined,
    headingPath: [],
    text,
    start: 0,
    end: text.length,
    tokens: Math.ceil(text.length / 4),
    metadata: {},
  };
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[a-z]{4,}/g) ?? []);
}
