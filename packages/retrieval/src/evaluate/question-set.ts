import { EVALUATION_BOUNDS, EvaluationQuestion, PlatformError } from '@plinth/contracts';

/** Reads a question set: JSONL, one question a line, empty lines passed over. What is wrong is told with its line. */
export function parseQuestionSet(content: string): EvaluationQuestion[] {
  const questions: EvaluationQuestion[] = [];
  const lines = new Map<string, number>();
  for (const [index, line] of content
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    if (line.trim() === '') continue;
    const number = index + 1;
    const parsed = EvaluationQuestion.safeParse(jsonOf(line, number));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw wrong(number, `${issue!.path.join('.') || 'the question'}: ${issue!.message}`);
    }
    const { id } = parsed.data;
    const earlier = lines.get(id);
    if (earlier !== undefined) throw wrong(number, `the id "${id}" is that of line ${earlier} already`);
    if (questions.length >= EVALUATION_BOUNDS.questions)
      throw wrong(number, `a set holds at most ${EVALUATION_BOUNDS.questions} questions; split it`);
    lines.set(id, number);
    questions.push(parsed.data);
  }
  if (questions.length === 0)
    throw new PlatformError('invalid_request', 'The question set is empty. Write one JSON object a line.');
  return questions;
}

function jsonOf(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw wrong(number, 'is not JSON');
  }
}

function wrong(line: number, what: string): PlatformError {
  return new PlatformError('invalid_request', `Line ${line} of the question set: ${what}.`);
}
