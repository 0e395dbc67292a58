import { describe, expect, it } from 'vitest';
import { loadCranfield } from './collection.ts';

describe('the collection', () => {
  it('is whole, and has its grades turned around', () => {
    const { documents, questions } = loadCranfield();
    expect([documents.length, questions.length]).toEqual([1_400, 225]);
    expect(questions.reduce((sum, { relevant }) => sum + relevant.length, 0)).toBe(1_837);
    const grades = questions.flatMap(({ relevant }) => relevant.map(({ grade }) => grade));
    const count = (grade: number) => grades.filter((each) => each === grade).length;
    expect([4, 3, 2, 1, 0].map(count)).toEqual([128, 387, 734, 363, 225]);
    const ids = new Set(documents.map(({ id }) => id));
    expect(questions.every(({ relevant }) => relevant.every(({ documentId }) => ids.has(documentId)))).toBe(true);
    expect(questions.every(({ relevant }) => relevant.some(({ grade }) => grade > 0))).toBe(true);
  });
});
