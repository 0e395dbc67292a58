import type { Plan } from '../../plan.ts';
import { dollars } from '../dollars.ts';
import { escapeText } from '../escape.ts';
import { CALLER_ICON, iconOf } from './icons.ts';
import { layOut, WIDTH, type Layout, type Panel, type PlacedCard } from './layout.ts';
import { pictureOf, type Group } from './model.ts';
import { SVG_STYLE } from './svg-style.ts';

const TITLES: Readonly<Record<Group, string>> = {
  front: 'Front door',
  work: 'Service',
  model: 'Models',
  data: 'Data',
  network: 'Network',
  watch: 'Keep and watch',
};

/** The stack as a picture: an SVG of its own, 1200 pixels wide, in the reader's light or dark. */
export function renderSvg(plan: Plan): string {
  const layout = layOut(pictureOf(plan));
  const { idle, load, worst } = plan.cost.totalUsd;
  const bill = `${dollars(idle)} idle · ${dollars(load)} at the load · ${dollars(worst)} at worst${plan.cost.unbounded > 0 ? ' or more' : ''}, a month`;
  const label = `${plan.project}, ${plan.environment}: ${plan.summary.resources} resources`;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${layout.height}" width="${WIDTH}" height="${layout.height}" role="img" aria-label="${escapeText(label)}">`,
    `<style>${SVG_STYLE}</style>`,
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="tip" d="M0 .8 7.2 4 0 7.2z"/></marker></defs>',
    `<rect class="ground" width="${WIDTH}" height="${layout.height}" rx="14"/>`,
    `<text class="name" x="28" y="40">${escapeText(plan.project)}</text>`,
    `<text class="place" x="28" y="62">${escapeText(`${plan.environment} · ${plan.region ?? 'no region set'} · ${plan.summary.resources} resources in ${plan.summary.components} components`)}</text>`,
    `<text class="bill" x="${WIDTH - 28}" y="40" text-anchor="end">${escapeText(bill)}</text>`,
    `<text class="place" x="${WIDTH - 28}" y="62" text-anchor="end">${escapeText(verdict(plan))}</text>`,
    ...layout.panels.map(panel),
    ...layout.edges.map(edge),
    ...layout.panels.flatMap(({ group, cards }) => (group === 'front' ? cards.slice(1).map(pathArrow) : [])),
    ...layout.panels.flatMap(({ cards }) => cards.map(card)),
    caller(layout),
    '</svg>',
  ];
  return `${parts.filter(Boolean).join('\n')}\n`;
}

function verdict({ summary }: Plan): string {
  const { mandatory, advisory } = summary;
  if (mandatory > 0) return `${mandatory} mandatory policy finding${mandatory === 1 ? '' : 's'}`;
  return advisory > 0 ? `${advisory} advisory policy finding${advisory === 1 ? '' : 's'}` : 'no policy findings';
}

function panel({ group, x, y, width, height }: Panel): string {
  return (
    `<rect class="panel ${group}" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="12"/>` +
    `<text class="group ${group}-text" x="${round(x + 16)}" y="${round(y + 23)}">${TITLES[group]}</text>`
  );
}

function card({
  card: { title, subtitle, kind, group, monthlyUsd, estimated },
  x,
  y,
  width,
  height,
}: PlacedCard): string {
  const cost = monthlyUsd === undefined ? '' : dollars(monthlyUsd);
  const room = (width - 58) / 7.4 - (cost === '' ? 0 : cost.length + 2);
  return [
    `<g transform="translate(${round(x)} ${round(y)})">`,
    `<title>${escapeText(`${title}: ${subtitle}${cost === '' ? '' : `, ${cost} a month at the load`}`)}</title>`,
    `<rect class="card${estimated ? ' estimated' : ''}" width="${round(width)}" height="${height}" rx="9"/>`,
    `<rect class="chip ${group}-chip" x="10" y="10" width="34" height="34" rx="8"/>`,
    `<g class="icon ${group}-icon" transform="translate(16 16) scale(.92)">${iconOf(kind)}</g>`,
    `<text class="title" x="54" y="24">${escapeText(shorten(title, room))}</text>`,
    `<text class="sub" x="54" y="41">${escapeText(shorten(subtitle, (width - 64) / 6.2))}</text>`,
    cost === ''
      ? ''
      : `<text class="cost" x="${round(width - 12)}" y="24" text-anchor="end">${escapeText(cost)}</text>`,
    '</g>',
  ].join('');
}

function edge({ from, to }: Layout['edges'][number]): string {
  const [x1, y1] = [from.x + from.width, from.y + from.height / 2];
  if (from.card.group === to.card.group) {
    const y2 = to.y + to.height / 2;
    return `<path class="edge ${to.card.group}-edge" d="M${round(x1)} ${round(y1)}C${round(x1 + 34)} ${round(y1)} ${round(x1 + 34)} ${round(y2)} ${round(x1 + 2)} ${round(y2)}" marker-end="url(#tip)"/>`;
  }
  const [x2, y2] = [to.x - 2, to.y + to.height / 2];
  const bend = (x2 - x1) * 0.5;
  return `<path class="edge ${to.card.group}-edge" d="M${round(x1)} ${round(y1)}C${round(x1 + bend)} ${round(y1)} ${round(x2 - bend)} ${round(y2)} ${round(x2)} ${round(y2)}" marker-end="url(#tip)"/>`;
}

/** From the card above to this one. */
function pathArrow({ x, y }: PlacedCard): string {
  return `<path class="edge front-edge" d="M${round(x + 27)} ${round(y - 19)}V${round(y - 2)}" marker-end="url(#tip)"/>`;
}

function caller({ caller: at, panels }: Layout): string {
  const first = panels.find(({ group }) => group === 'front')?.cards[0];
  if (at === undefined || first === undefined) return '';
  return [
    `<circle class="caller" cx="${at.x}" cy="${round(at.y)}" r="30"/>`,
    `<g class="icon front-icon" transform="translate(${round(at.x - 16)} ${round(at.y - 16)}) scale(1.35)">${CALLER_ICON}</g>`,
    `<text class="sub" x="${at.x}" y="${round(at.y + 48)}" text-anchor="middle">callers</text>`,
    `<path class="edge front-edge" d="M${at.x + 31} ${round(at.y)}H${round(first.x - 2)}" marker-end="url(#tip)"/>`,
  ].join('');
}

function shorten(text: string, room: number): string {
  const most = Math.max(6, Math.floor(room));
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
