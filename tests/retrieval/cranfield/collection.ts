import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { EvaluationQuestion } from '@plinth/contracts';

export interface CranfieldDocument {
  readonly id: string;
  readonly title: string;
  /** Title and abstract, as one text document. */
  readonly text: string;
}

/** Original code to grade: 1 is the most relevant. What is missing is not useful. */
const GRADES: Readonly<Record<string, number>> = { '1': 4, '2': 3, '3': 2, '4': 1 };

/** The collection of this folder (README.md). */
export function loadCranfield(): { documents: CranfieldDocument[]; questions: EvaluationQuestion[] } {
  const documents = lines('corpus.jsonl.gz').map(({ _id: id, title = '', text }) => ({
    id,
    title: title === '' ? id : title,
    text: `${title}\n\n${text}`.trim(),
  }));
  const relevant = new Map<string, EvaluationQuestion['relevant']>();
  for (const line of readFileSync(file('qrels.tsv'), 'utf8').trim().split('\n').slice(1)) {
    const [question, documentId, code] = line.trim().split('\t') as [string, string, string];
    const judged = relevant.get(question) ?? [];
    judged.push({ documentId, grade: GRADES[code] ?? 0 });
    relevant.set(question, judged);
  }
  const questions = lines('queries.jsonl.gz').map(({ _id: id, text }) => ({
    id,
    question: text,
    relevant: relevant.get(id) ?? [],
  }));
  return { documents, questions };
}

function lines(name: string): { _id: string; title?: string; text: string }[] {
  const text = gunzipSync(readFileSync(file(name))).toString('utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { _id: string; title?: string; text: string });
}

function file(name: string): string {
  return join(import.meta.dirname, name);
}
