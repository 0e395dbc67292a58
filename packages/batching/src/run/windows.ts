import { PlatformError } from '@plinth/contracts';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Day = (typeof DAYS)[number];

/** Hours of a week in which batches are run. */
export interface Windows {
  /** IANA name, such as `Europe/Berlin`. */
  readonly timeZone: string;
  readonly hours: readonly {
    /** On which it opens. @default every day */
    readonly days?: readonly Day[];
    /** `HH:MM`. */
    readonly from: string;
    /** `HH:MM`, up to `24:00`. Not later than `from`: of the day after. */
    readonly to: string;
  }[];
}

const MINUTE = 60_000;
const DAY = 24 * 60;
const WEEK = 7 * DAY;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)$|^24:00$/;

/** When batches may be run, at any instant: milliseconds since the epoch. */
export class Schedule {
  readonly #local: Intl.DateTimeFormat;
  /** Minutes of the week from Sunday, each `from` before its `to`, which may lie in the next week. */
  readonly #spans: readonly { readonly from: number; readonly to: number }[];

  /** Throws `configuration` for a time zone or an hour that is none. */
  constructor({ timeZone, hours }: Windows) {
    this.#local = localTime(timeZone);
    this.#spans = hours.flatMap(({ days = DAYS, from, to }) => {
      const [start, end] = [minuteOf(from), minuteOf(to)];
      return days.map((day) => {
        const opens = DAYS.indexOf(day) * DAY + start;
        return { from: opens, to: opens + (end > start ? end - start : end - start + DAY) };
      });
    });
  }

  isOpen(at: number): boolean {
    const minute = this.#minuteOfWeek(at);
    return this.#spans.some(({ from, to }) => (minute >= from && minute < to) || minute + WEEK < to);
  }

  /**
   * When so many milliseconds of open time will have gone by; undefined where that is not by `until`. In a week in which clocks change it may be an hour off.
   */
  after(openMs: number, from: number, until: number): number | undefined {
    let left = openMs;
    for (let at = from; at < until;) {
      const next = Math.min(until, this.#nextChange(at));
      if (this.isOpen(at)) {
        if (at + left <= next) return at + left;
        left -= next - at;
      }
      at = next;
    }
    return undefined;
  }

  /** The first open instant from one on; undefined where there is none by `until`. */
  opensAt(from: number, until: number): number | undefined {
    for (let at = from; at < until; at = this.#nextChange(at)) if (this.isOpen(at)) return at;
    return undefined;
  }

  /** The next instant at which a window opens or closes, as far as clocks do not change before. */
  #nextChange(at: number): number {
    const minute = this.#minuteOfWeek(at);
    let soonest = WEEK;
    for (const { from, to } of this.#spans)
      for (const edge of [from, to]) soonest = Math.min(soonest, ((edge - minute + WEEK - 1) % WEEK) + 1);
    return at - (at % MINUTE) + soonest * MINUTE;
  }

  #minuteOfWeek(at: number): number {
    const parts = Object.fromEntries(this.#local.formatToParts(at).map(({ type, value }) => [type, value]));
    const day = DAYS.findIndex((name) => parts.weekday?.toLowerCase() === name);
    return day * DAY + Number(parts.hour) * 60 + Number(parts.minute);
  }
}

function localTime(timeZone: string): Intl.DateTimeFormat {
  try {
    const fields = { weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    return new Intl.DateTimeFormat('en-US', { timeZone, ...fields });
  } catch (error) {
    throw new PlatformError('configuration', `There is no time zone "${timeZone}".`, { cause: error });
  }
}

function minuteOf(time: string): number {
  if (!TIME.test(time)) throw new PlatformError('configuration', `"${time}" is no time of day. Write it as 22:30.`);
  const [hours, minutes] = time.split(':').map(Number);
  return hours! * 60 + minutes!;
}
