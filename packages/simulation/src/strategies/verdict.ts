import type { StrategyName, StrategyResult } from './simulate-day.ts';

/** Which strategy is to be had cheapest at the SLO, and in words. */
export interface Verdict {
  readonly cheapest: StrategyName | undefined;
  readonly words: string;
}

const NAMES: Readonly<Record<StrategyName, string>> = {
  managed: 'all managed',
  own: 'all self-hosted',
  hybrid: 'hybrid',
};
/** Differences under this part of the bill are no difference: the simulation itself is not that exact. */
const EQUAL = 0.01;

export function verdictOf(results: readonly StrategyResult[]): Verdict {
  const inTime = results.filter(({ meetsSlo }) => meetsSlo).toSorted((a, b) => a.usd.total - b.usd.total);
  const [best, second] = inTime;
  const late = results.filter(({ meetsSlo }) => !meetsSlo);
  const missed = late.map(
    ({ strategy, sloAttainment }) => `${NAMES[strategy]} misses the SLO (${percent(sloAttainment)} in time)`,
  );
  if (best === undefined) return { cheapest: undefined, words: `No strategy meets the SLO: ${missed.join('; ')}.` };
  const hybrid = results.find(({ strategy }) => strategy === 'hybrid');
  const sentences = [
    second === undefined || best.strategy === 'hybrid' || hybrid === undefined
      ? lead(best, inTime.slice(1))
      : `${lead(best, inTime.slice(1))} ${whyNotHybrid(hybrid, best)}`,
    ...(missed.length === 0 ? [] : [`${capital(missed.join('; '))}.`]),
  ];
  return { cheapest: best.strategy, words: sentences.join(' ') };
}

function lead(best: StrategyResult, others: readonly StrategyResult[]): string {
  const name = capital(NAMES[best.strategy]);
  if (others.length === 0) return `${name} meets the SLO for ${dollars(best.usd.total)}.`;
  const compared = others.map(({ strategy, usd }) => {
    const more = usd.total / best.usd.total - 1;
    return more < EQUAL
      ? `as much as ${NAMES[strategy]}`
      : `${percent(1 - best.usd.total / usd.total)} less than ${NAMES[strategy]}`;
  });
  return `${name} is cheapest here: ${dollars(best.usd.total)}, ${compared.join(' and ')}, at the same SLO.`;
}

function whyNotHybrid(hybrid: StrategyResult, best: StrategyResult): string {
  if (!hybrid.meetsSlo) return '';
  if (hybrid.servers === 0) return 'Hybrid would own nothing here: no server would be busy enough to pay for itself.';
  const more = hybrid.usd.total / best.usd.total - 1;
  if (more < EQUAL) return 'Hybrid costs the same here.';
  return best.strategy === 'own'
    ? `Hybrid is not: there is little that own servers are not busy with, and it would cost ${percent(more)} more.`
    : `Hybrid is not: own servers are idle too long to pay for themselves, and it would cost ${percent(more)} more.`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(share > 0.095 && share < 0.99 ? 0 : 1)} %`;
}

function dollars(usd: number): string {
  return `$${usd.toLocaleString('en-US', { maximumFractionDigits: usd < 100 ? 2 : 0 })}`;
}
