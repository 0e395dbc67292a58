import * as z from './zod.ts';

/** Text of at most `max` UTF-16 code units. */
export const text = (max: number) => z.string().check(z.maxLength(max));

/** Text that is not empty, of at most `max` UTF-16 code units. */
export const filledText = (max: number) => z.string().check(z.minLength(1), z.maxLength(max));

/** A whole number from `min` to `max`. */
export const whole = (min: number, max: number) => z.int().check(z.minimum(min), z.maximum(max));

/** A number from `min` to `max`. */
export const amount = (min: number, max: number) => z.number().check(z.minimum(min), z.maximum(max));

/** A list of at most `max` items. */
export const listOf = <T extends z.core.$ZodType>(item: T, max: number) => z.array(item).check(z.maxLength(max));

/** A list of one to `max` items. */
export const filledListOf = <T extends z.core.$ZodType>(item: T, max: number) =>
  z.array(item).check(z.minLength(1), z.maxLength(max));
