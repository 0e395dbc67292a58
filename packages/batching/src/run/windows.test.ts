import { describe, expect, it } from 'vitest';
import { Schedule } from './windows.ts';

const at = (iso: string) => Date.parse(iso);
const HOUR = 3_600_000;

describe('a window', () => {
  const nights = new Schedule({
    timeZone: 'Europe/Berlin',
    hours: [
      { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '22:00', to: '06:00' },
      { days: ['sat', 'sun'], from: '00:00', to: '24:00' },
    ],
  });

  it.each([
    ['Monday before it opens', '2026-11-30T21:59:00+01:00', false],
    ['Monday when it opens', '2026-11-30T22:00:00+01:00', true],
    ['after midnight, of the day before', '2026-12-01T05:59:59+01:00', true],
    ['when it closes', '2026-12-01T06:00:00+01:00', false],
    ['Saturday at noon', '2026-11-28T12:00:00+01:00', true],
    ['Monday in the early hours, which belongs to no day before', '2026-11-30T05:00:00+01:00', false],
    ['in summer, by the summer clock', '2026-07-06T22:30:00+02:00', true],
    ['at the same hour in UTC, which is midnight there', '2026-07-06T20:30:00Z', true],
  ])('%s', (_, instant, open) => {
    expect(nights.isOpen(at(instant))).toBe(open);
  });

  it('wraps from Saturday night into Sunday', () => {
    const schedule = new Schedule({ timeZone: 'UTC', hours: [{ days: ['sat'], from: '23:00', to: '01:00' }] });
    expect(schedule.isOpen(at('2026-11-28T23:30:00Z'))).toBe(true);
    expect(schedule.isOpen(at('2026-11-29T00:30:00Z'))).toBe(true);
    expect(schedule.isOpen(at('2026-11-29T01:00:00Z'))).toBe(false);
  });

  it('tells when so much of it will have gone by, if that is before a deadline', () => {
    const noon = at('2026-12-01T12:00:00+01:00');
    expect(nights.after(HOUR, noon, noon + 8 * HOUR)).toBeUndefined();
    expect(nights.after(HOUR, noon, noon + 12 * HOUR)).toBe(noon + 11 * HOUR);
    expect(nights.after(10 * HOUR, noon, noon + 48 * HOUR)).toBe(noon + 36 * HOUR);
    expect(nights.after(HOUR, noon + 30_000, noon + 11 * HOUR)).toBe(noon + 11 * HOUR);
    expect(nights.after(HOUR, noon + 10.5 * HOUR, noon + 12 * HOUR)).toBe(noon + 11.5 * HOUR);
  });

  it('tells when it opens', () => {
    const noon = at('2026-12-01T12:00:00+01:00');
    expect(nights.opensAt(noon, noon + 48 * HOUR)).toBe(noon + 10 * HOUR);
    expect(nights.opensAt(noon + 11 * HOUR, noon + 48 * HOUR)).toBe(noon + 11 * HOUR);
    expect(nights.opensAt(noon, noon + HOUR)).toBeUndefined();
  });

  it('without hours is never open, with all hours always', () => {
    const noon = at('2026-12-01T12:00:00Z');
    expect(new Schedule({ timeZone: 'UTC', hours: [] }).after(HOUR, noon, noon + 300 * HOUR)).toBeUndefined();
    const always = new Schedule({ timeZone: 'UTC', hours: [{ from: '00:00', to: '24:00' }] });
    expect(always.after(200 * HOUR, noon, noon + 300 * HOUR)).toBe(noon + 200 * HOUR);
  });

  it('is refused with a time or a zone that is none', () => {
    expect(() => new Schedule({ timeZone: 'Mars/Base', hours: [] })).toThrow('no time zone');
    expect(() => new Schedule({ timeZone: 'UTC', hours: [{ from: '25:00', to: '06:00' }] })).toThrow('no time of day');
  });
});
