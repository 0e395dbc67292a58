import type { Report } from './rule.ts';
import type { StackView } from './stack-view.ts';
import { at } from './read.ts';
import { isUnknown, type Unknown } from './unknown.ts';

/** What makes a stack vpc-only: the first wins over the second, and a plain stack has neither. */
const MARKS: readonly (readonly [tag: string, value: string])[] = [
  ['network', 'vpc-only'],
  ['data-class', 'restricted'],
];

/**
 * Holds a stack to `check` when it is vpc-only: something in it carries the tag `network: vpc-only`, or holds data of class
 * `restricted`. Where those tags are not known yet, what the check would object to is not yet known either.
 */
export function inVpcOnlyStacks(stack: StackView, report: Report, check: (report: Report) => void): void {
  let unknown: Unknown | undefined;
  for (const { props } of stack.resources)
    for (const [tag, value] of MARKS) {
      const found = at(props, 'tags', tag);
      if (found === value) return check(report);
      if (isUnknown(found)) unknown ??= found;
    }
  if (unknown === undefined) return;
  const mark = unknown;
  let objected = false;
  const hear = () => (objected = true);
  check({ violation: hear, notYetKnown: hear });
  if (objected) report.notYetKnown(mark);
}
