import { formatCount, formatDuration, formatUsd } from './numbers.ts';
import { formatShare } from './amounts.ts';

interface MetricWords {
  title: string;
  better: 'higher' | 'lower';
  unit: 'share' | 'ms' | 'count' | 'usd';
}

const share = (title: string): MetricWords => ({ title, better: 'higher', unit: 'share' });
const time = (title: string): MetricWords => ({ title, better: 'lower', unit: 'ms' });

const METRICS: Readonly<Record<string, MetricWords>> = {
  ndcg: share('Order of what was found (nDCG)'),
  recall: share('Relevant documents found'),
  precision: share('Found documents that are relevant'),
  mrr: share('How high the first relevant one stands (MRR)'),
  groundedness: share('Sentences the passages support'),
  'citation-precision': share('Citations that hold'),
  'citation-recall': share('Sentences with a citation that holds'),
  abstention: share('Unanswerable questions left unanswered'),
  answered: share('Answerable questions answered'),
  'search-ms': time('Search'),
  'answer-ms': time('Answer'),
  p50: time('Half took at most'),
  p95: time('95 of 100 took at most'),
  p99: time('99 of 100 took at most'),
  tokens: { title: 'Tokens an answer', better: 'lower', unit: 'count' },
  'cost-usd': { title: 'Cost of an answer', better: 'lower', unit: 'usd' },
  'total-tokens': { title: 'Tokens in all', better: 'lower', unit: 'count' },
  'total-cost-usd': { title: 'Cost in all', better: 'lower', unit: 'usd' },
};

/** What a metric is called, by its name with or without `@k`. A name there is not is shown as it is. */
export function metricWords(name: string): MetricWords {
  const [base = name, k] = name.split('@');
  const words = Object.hasOwn(METRICS, base) ? METRICS[base] : undefined;
  if (words === undefined) return { title: name, better: 'higher', unit: 'count' };
  return k === undefined ? words : { ...words, title: `${words.title}, first ${k}` };
}

export function formatMetric(name: string, value: number | undefined): string {
  if (value === undefined) return '–';
  const { unit } = metricWords(name);
  if (unit === 'ms') return formatDuration(value);
  if (unit === 'usd') return formatUsd(value);
  if (unit === 'count') return formatCount(value);
  return value > 0 && value < 1 ? value.toFixed(3) : formatShare(value);
}

/** Which of two values is better; undefined where they are equal or one is missing. */
export function betterOf(name: string, a: number | undefined, b: number | undefined): 0 | 1 | undefined {
  if (a === undefined || b === undefined || a === b) return undefined;
  return a > b === (metricWords(name).better === 'higher') ? 0 : 1;
}
