import type { Report } from './rule.ts';
import { isUnknown, type Unknown } from './unknown.ts';

/** The three answers in one line: unknown is advice, `holds` is silence, anything else is a violation. */
export function judge<T>(
  value: T | Unknown,
  report: Report,
  holds: (known: T) => boolean,
  message: string,
  urn?: string,
): void {
  if (isUnknown(value)) report.notYetKnown(value, urn);
  else if (!holds(value)) report.violation(message, urn);
}

/**
 * The value names a customer-managed key. The ARN of a key this stack (or the foundation) creates is unknown at first, yet a plan
 * knows where it comes from: that is enough.
 */
export function judgeCustomerKey(
  value: string | Unknown | undefined,
  report: Report,
  what: string,
  urn?: string,
): void {
  if (isUnknown(value) && value.isOutputOf('aws:kms/key:Key')) return;
  judge(
    value,
    report,
    (key) => key !== undefined && key !== '' && !key.includes('alias/aws/'),
    `${what} is not encrypted under a customer-managed key.`,
    urn,
  );
}

/** The members of a list that are known, with each unknown one reported. An absent list has none. */
export function knownItems<T>(
  items: readonly (T | Unknown)[] | Unknown | undefined,
  report: Report,
  urn?: string,
): readonly T[] {
  if (items === undefined) return [];
  if (isUnknown(items)) {
    report.notYetKnown(items, urn);
    return [];
  }
  return items.filter((item): item is T => {
    if (isUnknown(item)) report.notYetKnown(item, urn);
    return !isUnknown(item);
  });
}
