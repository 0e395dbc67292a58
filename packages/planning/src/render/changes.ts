import type { Changes } from '../against/changes.ts';
import { dollars } from './dollars.ts';
import { cut, type Style } from './style.ts';
import { typeLabel } from './type-label.ts';

/** Resources listed of each kind of change. */
const LISTED = 20;

/** What is different from another commit. */
export function renderChanges(changes: Changes, style: Style, width: number): string {
  const title = `${style.bold('Changes')} ${style.dim(`against ${changes.against} (${changes.commit.slice(0, 10)})`)}`;
  if (!changes.existed) return `${title}\n  ${style.green('+')} the stack is new`;
  const name = ({ type, name: own }: { type: string; name: string }) => `${own} (${typeLabel(type)})`;
  const lines = [
    ...some(changes.added).map((each) => `${style.green('+')} ${name(each)}`),
    ...some(changes.removed).map((each) => `${style.red('-')} ${name(each)}`),
    ...some(changes.changed).map(
      (each) =>
        `${style.yellow('~')} ${name(each)}  ${style.dim(cut(each.properties.join(', '), Math.max(30, width - name(each).length - 6)))}`,
    ),
    ...changes.findings.added.map((each) => `${style.red('✖')} new finding: ${each.title} ${style.dim(each.rule)}`),
    ...changes.findings.resolved.map((each) => `${style.green('✔')} resolved: ${each.title} ${style.dim(each.rule)}`),
  ];
  const { idle, load, worst } = changes.monthlyUsd;
  const bill = `cost a month: idle ${moved(idle)}, at the load ${moved(load)}, worst case ${moved(worst)}`;
  const hidden = [changes.added, changes.removed, changes.changed].reduce(
    (sum, list) => sum + Math.max(0, list.length - LISTED),
    0,
  );
  return [
    title,
    ...(lines.length === 0 ? ['no resource and no finding changes'] : lines).map((text) => `  ${text}`),
    ...(hidden > 0 ? [`  … and ${hidden} more`] : []),
    `  ${bill}`,
  ].join('\n');
}

/** `$10.00 → $12.00 (+$2.00)`, or the one amount where nothing moved. */
export function moved({ before, after }: { readonly before: number; readonly after: number }): string {
  const difference = after - before;
  if (Math.abs(difference) < 0.005) return dollars(after);
  return `${dollars(before)} → ${dollars(after)} (${difference < 0 ? '−' : '+'}${dollars(Math.abs(difference))})`;
}

function some<T>(list: readonly T[]): readonly T[] {
  return list.slice(0, LISTED);
}
