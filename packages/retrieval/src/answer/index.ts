export { abstentionText } from './abstention.ts';
export * from './attribution.ts';
export type { AnswerPart, CheckedResult, UnsupportedPolicy } from './checked-answer.ts';
export { documentUrl } from './citation.ts';
export * from './cited-texts.ts';
export * from './document-answers.ts';
export * from './rewrite-by-model.ts';
export * from './rewrite-by-rules.ts';
export * from './sql-answer-store.ts';
