import { escapeText as text, htmlPage, HTML_STYLE } from '@plinth/planning/report';
import type { EvaluationQuestion } from '@plinth/contracts';
import { metricKind, type MetricComparison } from '@plinth/retrieval/evaluate';
import { differencesChart, sharesChart } from './eval-chart.ts';
import { metricNames, type EvalReport, type EvalRun } from './eval-run.ts';
import { shownMetric, signedMetric } from './eval-table.ts';

/** Questions a report shows of each run: the worst ones. */
const SHOWN = 50;

const STYLE = `${HTML_STYLE}
figure{background:var(--panel);padding:12px;margin:0 0 20px}
.metric,.tick,.value{font:12px ui-sans-serif,system-ui,sans-serif;fill:var(--ink)}.tick,.value{fill:var(--soft);font-size:11px}
.grid{stroke:var(--line)}.gain{fill:var(--good)}.loss{fill:var(--bad)}
.run-0{fill:#2563eb}.run-1{fill:#0f8a5f}.run-2{fill:#c2570c}.run-3{fill:#7c3aed}.run-4{fill:#0e7490}.run-5{fill:#55617a}
.key{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:6px}
.key.run-0{background:#2563eb}.key.run-1{background:#0f8a5f}.key.run-2{background:#c2570c}.key.run-3{background:#7c3aed}.key.run-4{background:#0e7490}.key.run-5{background:#55617a}
.good{color:var(--good)}.bad{color:var(--bad)}`;

/** An evaluation as one page that needs nothing else: no script, no font, no request. */
export function renderEvalReport(report: EvalReport, questions: readonly EvaluationQuestion[]): string {
  return htmlPage({
    title: `Evaluation: ${report.questionSet}`,
    style: STYLE,
    body: `<header><h1>Evaluation</h1><p>${text(report.questionSet)}: ${counts(report.runs[0]!)}</p></header>
${figures(report)}
<figure>${sharesChart(report)}</figure>
${metricsSection(report)}
${report.runs.map((run) => comparisonSection(report, run)).join('')}
${gateSection(report)}
${report.runs.map((run) => worstSection(run, questions)).join('')}`,
  });
}

function counts({ result: { counts: each } }: EvalRun): string {
  return `${each.questions} questions, ${each.answerable} with an answer, ${each.unanswerable} without, ${each.skipped} passed over, ${each.failed} failed.`;
}

function figures({ runs, hasBaseline, passed }: EvalReport): string {
  const figure = (value: string, label: string, tone = '') =>
    `<div class="figure ${tone}"><b>${text(value)}</b><span>${text(label)}</span></div>`;
  const shown = (hasBaseline ? runs.slice(1) : runs).slice(0, 1);
  const best = shown.flatMap(({ name, result }) =>
    [`ndcg@${result.config.k}`, 'groundedness', 'p95']
      .filter((metric) => result.totals[metric] !== undefined)
      .map((metric) => figure(shownMetric(metric, result.totals[metric]), `${metric}, ${name}`)),
  );
  const verdict =
    passed === undefined
      ? []
      : [passed ? figure('✔', 'the gate is passed', 'good') : figure('✖', 'the gate is not passed', 'bad')];
  return `<section class="figures">${[...best, ...verdict].join('')}</section>`;
}

function metricsSection(report: EvalReport): string {
  const { runs, hasBaseline } = report;
  const heads = runs.map(
    ({ name }, index) =>
      `<th class="n"><span class="key run-${index % 6}"></span>${text(name)}${hasBaseline && index === 0 ? ' <small>baseline</small>' : ''}</th>`,
  );
  const rows = metricNames(report).map(
    (name) =>
      `<tr><td>${text(name)}<small>${text(metricKind(name)?.meaning ?? '')}</small></td>${runs.map(({ result }) => `<td class="n">${shownMetric(name, result.totals[name])}</td>`).join('')}</tr>`,
  );
  return `<section><h2>Side by side</h2><div class="wide"><table><thead><tr><th>Metric</th>${heads.join('')}</tr></thead><tbody>${rows.join('')}</tbody></table></div></section>`;
}

function comparisonSection(report: EvalReport, run: EvalRun): string {
  const { comparison } = run;
  const baseline = report.runs[0]!;
  if (comparison === undefined) return '';
  const ranking = comparison.find(({ metric }) => metric.startsWith('ndcg@')) ?? comparison[0];
  const chart =
    ranking === undefined
      ? ''
      : `<figure>${differencesChart(ranking.metric, paired(baseline, run, ranking.metric))}</figure>`;
  return `<section><h2>${text(run.name)} <small>against ${text(baseline.name)}</small></h2>${chart}<div class="wide"><table><thead><tr><th>Metric</th>${['Difference', '95 % interval', 'p', 'Higher', 'Lower', 'Equal'].map((head) => `<th class="n">${head}</th>`).join('')}</tr></thead><tbody>${comparison.map(comparisonRow).join('')}</tbody></table></div></section>`;
}

function comparisonRow(each: MetricComparison): string {
  const clear = each.low > 0 || each.high < 0;
  const good = ((metricKind(each.metric)?.better ?? 'higher') === 'higher') === each.difference > 0;
  const tone = !clear ? '' : good ? ' good' : ' bad';
  const shown = (value: number) => signedMetric(each.metric, value);
  return `<tr><td>${text(each.metric)}</td><td class="n${tone}">${shown(each.difference)}</td><td class="n">${shown(each.low)} to ${shown(each.high)}</td><td class="n">${each.pValue.toFixed(4)}</td><td class="n">${each.higher}</td><td class="n">${each.lower}</td><td class="n">${each.equal}</td></tr>`;
}

function paired(baseline: EvalRun, run: EvalRun, metric: string): number[] {
  const before = new Map(baseline.result.questions.map(({ id, metrics }) => [id, metrics[metric]]));
  return run.result.questions.flatMap(({ id, metrics }) => {
    const [old, value] = [before.get(id), metrics[metric]];
    return old === undefined || value === undefined ? [] : [value - old];
  });
}

function gateSection({ runs }: EvalReport): string {
  const items = runs.flatMap(({ name, gate = [] }) =>
    gate.map(
      ({ condition, met, measured }) =>
        `<li class="${met ? 'good' : 'bad'}">${met ? '✔' : '✖'} <b>${text(condition)}</b> ${text(name)} <small>${text(measured)}</small></li>`,
    ),
  );
  return items.length === 0 ? '' : `<section><h2>Gate</h2><ul class="changes">${items.join('')}</ul></section>`;
}

function worstSection({ name, result }: EvalRun, questions: readonly EvaluationQuestion[]): string {
  const asked = new Map(questions.map((question) => [question.id, question]));
  const metric = `ndcg@${result.config.k}`;
  const worst = result.questions
    .filter(({ state, metrics }) => state === 'failed' || (metrics[metric] ?? metrics['abstention'] ?? 1) < 1)
    .sort((a, b) => (a.metrics[metric] ?? -1) - (b.metrics[metric] ?? -1))
    .slice(0, SHOWN);
  const rows = worst.map(({ id, metrics, documents, answer, error }) => {
    const question = asked.get(id);
    const wanted = question?.relevant.filter(({ grade }) => grade > 0).map(({ documentId }) => documentId) ?? [];
    return `<tr><td>${text(question?.question ?? id)}<small>${text(error ?? answer ?? '')}</small></td><td class="n">${shownMetric(metric, metrics[metric])}</td><td>${text(wanted.slice(0, 5).join(', ') || 'none')}</td><td>${text(documents.slice(0, 5).join(', '))}</td></tr>`;
  });
  if (rows.length === 0) return '';
  return `<section><h2>What to look at first <small>${text(name)}</small></h2><div class="wide"><table><thead><tr><th>Question</th><th class="n">${metric}</th><th>Relevant</th><th>Found</th></tr></thead><tbody>${rows.join('')}</tbody></table></div></section>`;
}
