import type { Plan } from '../plan.ts';
import type { Style } from './style.ts';

/** One line, for the end of a log: what is created, and whether anything stops it. */
export function renderSummary({ summary }: Plan, style: Style): string {
  const { components, resources, estimated, unknownValues, rules, mandatory, advisory, notYetKnown } = summary;
  const verdict =
    mandatory > 0
      ? style.red(`✖ ${mandatory} mandatory ${plural(mandatory, 'finding')} would stop the deployment`)
      : style.green('✔ nothing would stop the deployment');
  const guess = estimated > 0 ? `, ${estimated} of them estimated,` : '';
  const created = `${resources} ${plural(resources, 'resource')}${guess} in ${components} ${plural(components, 'component')}, ${unknownValues} ${plural(unknownValues, 'value')} known only after creation`;
  const judged = `${rules} rules: ${mandatory} mandatory, ${advisory} advisory, ${notYetKnown} not yet known`;
  return `${created} ${style.dim('·')} ${judged}\n${verdict}`;
}

function plural(count: number, word: string): string {
  return count === 1 ? word : `${word}s`;
}
