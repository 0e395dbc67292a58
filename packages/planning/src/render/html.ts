import { COST_CASES, type CostLine } from '../cost/cost.ts';
import type { Plan, PlanFinding, PlannedResource } from '../plan.ts';
import { moved } from './changes.ts';
import { costParts, type CostPart } from './cost-parts.ts';
import { money } from './cost.ts';
import { amount, dollars, unitDollars } from './dollars.ts';
import { escapeText as text } from './escape.ts';
import { factsOf } from './facts.ts';
import { htmlPage } from './html-page.ts';
import { HTML_STYLE } from './html-style.ts';
import { renderSvg } from './picture/svg.ts';
import { typeLabel, urnLabel } from './type-label.ts';

/** A plan as one page that needs nothing else: no script, no font, no request. */
export function renderHtml(plan: Plan): string {
  const title = `${plan.project} · ${plan.environment}`;
  return htmlPage({
    title: `Plan: ${title}`,
    style: HTML_STYLE,
    body: `<header><h1>${text(plan.project)}</h1><p>Plan for ${text(plan.environment)} in ${text(plan.region ?? 'no region set')}, made without an account.</p></header>
${figures(plan)}
<figure>${renderSvg(plan).trimEnd()}</figure>
${plan.changes === undefined ? '' : changesSection(plan.changes)}
${costSection(plan)}
${findingsSection(plan)}
${treeSection(plan)}
${assumptionsSection(plan)}`,
  });
}

function figures({ cost, summary }: Plan): string {
  const incomplete = (which: (typeof COST_CASES)[number]) =>
    cost.lines.some(({ monthlyUsd }) => monthlyUsd[which] === null);
  const figure = (value: string, label: string, tone = '') =>
    `<div class="figure ${tone}"><b>${text(value)}</b><span>${text(label)}</span></div>`;
  const verdict =
    summary.mandatory > 0
      ? figure(String(summary.mandatory), 'mandatory findings stop the deployment', 'bad')
      : figure('✔', `${summary.rules} rules, none stops the deployment`, 'good');
  return `<section class="figures">${[
    figure(money(cost.totalUsd.idle, incomplete('idle')), 'a month, idle'),
    figure(money(cost.totalUsd.load, incomplete('load')), 'a month, at the load'),
    figure(money(cost.totalUsd.worst, incomplete('worst')), 'a month, every limit used up'),
    verdict,
  ].join('')}</section>`;
}

function costSection(plan: Plan): string {
  const { cost } = plan;
  if (cost.lines.length === 0) return '';
  const unknown = [
    ...(cost.unknownPrices > 0 ? [`${cost.unknownPrices} prices are unknown, and count as nothing in the sums.`] : []),
    ...(cost.unbounded > 0 ? [`Nothing bounds ${cost.unbounded} of the lines at worst.`] : []),
    ...cost.unpriced.map(({ type, count }) => `Not priced: ${count} × ${typeLabel(type)}.`),
  ].map((line) => `<p class="note">${text(line)}</p>`);
  return `<section><h2>Cost a month</h2>${unknown.join('')}<div class="wide"><table class="cost"><thead><tr><th>What</th><th>Unit price</th>${['Idle', 'At the load', 'Worst case'].map((head) => `<th class="n">${head}</th>`).join('')}<th>Source</th></tr></thead>${costParts(plan).map(costBody).join('')}</table></div></section>`;
}

function costBody({ part, lines, monthlyUsd, incomplete }: CostPart): string {
  const sums = COST_CASES.map(
    (which) => `<td class="n">${text(money(monthlyUsd[which], incomplete[which]))}</td>`,
  ).join('');
  return `<tbody><tr class="part"><th colspan="2" scope="rowgroup">${text(part.name)} <small>${text(typeLabel(part.type))}</small></th>${sums}<td></td></tr>${lines.map(costRow).join('')}</tbody>`;
}

function costRow({ what, unit, unitPriceUsd, quantity, monthlyUsd, source, asOf, note }: CostLine): string {
  const price = unitPriceUsd === null ? '<em>unknown</em>' : unitDollars(unitPriceUsd);
  const cell = (which: (typeof COST_CASES)[number]) => {
    const [many, usd] = [quantity[which], monthlyUsd[which]];
    if (many === 0) return '<td class="n zero">–</td>';
    const total = usd === null ? (many === null ? 'unbounded' : 'unknown') : dollars(usd);
    return `<td class="n">${text(total)}<small>${many === null ? '' : text(amount(many))}</small></td>`;
  };
  const link = source.startsWith('https://')
    ? `<a href="${text(source.split(' ')[0] ?? source)}">${text(host(source))}</a>`
    : text(source);
  return `<tr><td>${text(what)}${note === undefined ? '' : `<small>${text(note)}</small>`}</td><td>${price}<small>${text(unit)}</small></td>${COST_CASES.map(cell).join('')}<td class="source">${link}<small>${asOf === null ? '' : text(asOf)}</small></td></tr>`;
}

/** `aws.amazon.com/kms` of a link. */
function host(source: string): string {
  return source
    .replace(/^https:\/\//, '')
    .replace(/\/pricing.*$/, '')
    .replace(/ .*$/, '');
}

function findingsSection({ findings }: Plan): string {
  const item = ({ level, kind, severity, title, rule, resource, message, remediation, url, controls }: PlanFinding) => {
    const tone = kind === 'not-yet-known' ? 'later' : level === 'mandatory' ? 'bad' : 'warn';
    const badge = kind === 'not-yet-known' ? 'not yet known' : `${severity}, ${level}`;
    return `<li class="${tone}"><p><b>${text(title)}</b> <span class="badge">${badge}</span></p><p>${text(resource === null ? 'The stack' : urnLabel(resource))}: ${text(message)}</p><p class="dim">→ ${text(remediation)} <a href="${text(url)}">${text([rule, ...controls].join(', '))}</a></p></li>`;
  };
  const body = findings.length === 0 ? '<p>None.</p>' : `<ul class="findings">${findings.map(item).join('')}</ul>`;
  return `<section><h2>Policy findings</h2>${body}</section>`;
}

function changesSection(changes: NonNullable<Plan['changes']>): string {
  const head = `<h2>Changes <small>against ${text(changes.against)} (${text(changes.commit.slice(0, 10))})</small></h2>`;
  if (!changes.existed) return `<section>${head}<p>The stack is new.</p></section>`;
  const item = (sign: string, tone: string) => (each: { type: string; name: string; properties?: readonly string[] }) =>
    `<li class="${tone}">${sign} <b>${text(each.name)}</b> ${text(typeLabel(each.type))}${each.properties === undefined ? '' : ` <small>${text(each.properties.join(', '))}</small>`}</li>`;
  const told = (words: string, tone: string) => (each: { title: string; rule: string }) =>
    `<li class="${tone}">${words} ${text(each.title)} <small>${text(each.rule)}</small></li>`;
  const items = [
    ...changes.added.map(item('+', 'good')),
    ...changes.removed.map(item('−', 'bad')),
    ...changes.changed.map(item('~', 'warn')),
    ...changes.findings.added.map(told('New finding:', 'bad')),
    ...changes.findings.resolved.map(told('Resolved:', 'good')),
  ];
  const { idle, load, worst } = changes.monthlyUsd;
  return `<section>${head}<p>Cost a month: idle ${text(moved(idle))}, at the load ${text(moved(load))}, worst case ${text(moved(worst))}.</p>${items.length === 0 ? '<p>No resource and no finding changes.</p>' : `<ul class="changes">${items.join('')}</ul>`}</section>`;
}

function treeSection({ resources }: Plan): string {
  const children = new Map<string | null, PlannedResource[]>();
  for (const resource of resources) children.set(resource.parent, [...(children.get(resource.parent) ?? []), resource]);
  const root = resources.find(({ kind }) => kind === 'stack');
  const branch = (parent: string | null): string => {
    const own = children.get(parent) ?? [];
    return own.length === 0 ? '' : `<ul>${own.map(leaf).join('')}</ul>`;
  };
  const leaf = (resource: PlannedResource): string => {
    const label = typeLabel(resource.type);
    const mark = resource.estimated === true ? ' <span class="badge">estimated</span>' : '';
    const facts = resource.kind === 'component' ? '' : ` <small>${text(factsOf(resource, label))}</small>`;
    const head = `<b>${text(resource.name)}</b> <code>${text(label)}</code>${mark}${facts}`;
    const below = branch(resource.urn);
    return below === '' ? `<li>${head}</li>` : `<li><details open><summary>${head}</summary>${below}</details></li>`;
  };
  return `<section><h2>Resources</h2><div class="tree">${branch(root?.urn ?? null)}</div></section>`;
}

function assumptionsSection({ assumptions, cost }: Plan): string {
  const all = [...assumptions, ...cost.assumptions];
  return `<section><h2>Taken for granted</h2><ul>${all.map((each) => `<li>${text(each)}</li>`).join('')}</ul></section>`;
}
