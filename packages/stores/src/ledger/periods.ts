/** Calendar periods in UTC, as whole numbers that grow by one per period. */
export interface Periods {
  readonly minute: number;
  readonly day: number;
  readonly month: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

let monthOfDay = { day: Number.NaN, month: 0 };

/** Months since year 0. Kept for the day last asked about: a request path asks about the same one over and over. */
function monthOf(day: number): number {
  if (monthOfDay.day !== day) {
    const date = new Date(day * DAY_MS);
    monthOfDay = { day, month: date.getUTCFullYear() * 12 + date.getUTCMonth() };
  }
  return monthOfDay.month;
}

export const minuteOf = (at: number): number => Math.floor(at / MINUTE_MS);
export const dayOf = (at: number): number => Math.floor(at / DAY_MS);

export function periodsOf(at: number): Periods {
  const day = dayOf(at);
  return { minute: minuteOf(at), day, month: monthOf(day) };
}

export const monthOfTime = (at: number): number => monthOf(dayOf(at));

/** Milliseconds from `at` to the end of the minute, day or month it is in; at least 1. */
export function untilEndOf(period: keyof Periods, at: number): number {
  if (period === 'minute') return (minuteOf(at) + 1) * MINUTE_MS - at;
  if (period === 'day') return (dayOf(at) + 1) * DAY_MS - at;
  const month = monthOfTime(at) + 1;
  return Date.UTC(Math.floor(month / 12), month % 12, 1) - at;
}
