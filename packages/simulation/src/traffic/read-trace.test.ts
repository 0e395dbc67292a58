import { describe, expect, it } from 'vitest';
import { readTrace } from './read-trace.ts';

const rates = (text: string) => [...readTrace(text, 'day.csv').rates];

describe('a trace from CSV', () => {
  it('of one column counts the requests of each second', () => {
    expect(rates('time\n100.2\n100.9\n102\n')).toEqual([2, 1]);
    expect(rates('2026-11-29T10:00:00Z\n2026-11-29T10:00:02Z\n')).toEqual([1, 0, 1]);
    expect(rates('1764410400000\n1764410401500\n')).toEqual([1, 1]);
  });

  it('of two columns holds each rate until the next, and the last as long as the one before', () => {
    expect(rates('second,rate\n0,5\n2,1.5\n3,0\n')).toEqual([5, 5, 1.5, 0]);
  });

  it.each([
    ['time\n1\nnoon\n', 'day.csv: line 3 has no time: "noon".'],
    ['0,5\n1\n', 'day.csv: line 2 has 1 column, the others have 2.'],
    ['0,5\n1,many\n', 'day.csv: line 2 has no rate of 0 to 1,000,000: "many".'],
    ['0,5\n1,-1\n', 'day.csv: line 2 has no rate of 0 to 1,000,000: "-1".'],
    ['1,5\n1,6\n', 'day.csv: line 2 is not later than the one before.'],
    ['0,5\n4000000,1\n', 'day.csv: line 2 is over 31 days after the first; give all times in one unit.'],
    ['1,2,3\n', 'day.csv: line 1 has 3 columns; give a time alone, or a time and a rate.'],
    ['', 'day.csv: line 1 has no time, and no other has one.'],
  ])('names the line that cannot be read', (text, message) => {
    expect(() => readTrace(text, 'day.csv')).toThrow(message);
  });
});
