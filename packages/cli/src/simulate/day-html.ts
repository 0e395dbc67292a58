import { escapeText as text, htmlPage, HTML_STYLE } from '@plinth/planning/report';
import type { DayResult } from '@plinth/simulation';
import { renderDaySvg } from './day-svg.ts';
import { assumptionWords, COLUMNS, dollars, percent, STRATEGY_NAMES, traceWords } from './day-words.ts';

const STYLE = `${HTML_STYLE}
.verdict{font-size:18px;font-weight:600;margin:0 0 20px}
tr.best td{color:var(--good)}tr.late td{color:var(--bad)}
figure{margin:0 0 20px}`;

/** A day as one page that needs nothing else: no script, no font, no request. */
export function renderDayHtml(result: DayResult): string {
  return htmlPage({
    title: `Simulation: ${result.trace.name}`,
    style: STYLE,
    body: `<header><h1>Simulation</h1><p>${text(traceWords(result))}</p></header>
<p class="verdict">${text(result.verdict.words)}</p>
${figures(result)}
<figure>${renderDaySvg(result).trimEnd()}</figure>
${table(result)}
<section><h2>Taken for granted</h2><ul>${assumptionWords(result)
      .map((each) => `<li>${text(each)}</li>`)
      .join('')}</ul></section>`,
  });
}

function figures({ strategies, verdict }: DayResult): string {
  const figure = ({ strategy, usd, sloAttainment, meetsSlo }: DayResult['strategies'][number]) => {
    const tone = !meetsSlo ? 'bad' : strategy === verdict.cheapest ? 'good' : '';
    return `<div class="figure ${tone}"><b>${dollars(usd.total)}</b><span>${text(STRATEGY_NAMES[strategy])}, ${percent(sloAttainment, 2)} in time</span></div>`;
  };
  return `<section class="figures">${strategies.map(figure).join('')}</section>`;
}

function table({ strategies, verdict }: DayResult): string {
  const heads = COLUMNS.map(({ head }) => `<th class="n">${text(head)}</th>`).join('');
  const rows = strategies.map((each) => {
    const tone = !each.meetsSlo ? 'late' : each.strategy === verdict.cheapest ? 'best' : '';
    const cells = COLUMNS.map(({ of }) => `<td class="n">${text(of(each))}</td>`).join('');
    return `<tr class="${tone}"><td>${text(STRATEGY_NAMES[each.strategy])}</td>${cells}</tr>`;
  });
  return `<section><h2>Side by side</h2><div class="wide"><table><thead><tr><th>Strategy</th>${heads}</tr></thead><tbody>${rows.join('')}</tbody></table></div></section>`;
}
