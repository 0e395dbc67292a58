import type { Group } from './model.ts';

/** Accent of each group: in light, and in dark. */
const ACCENTS: Readonly<Record<Group, readonly [string, string]>> = {
  front: ['#2563eb', '#7ab0ff'],
  work: ['#7c3aed', '#b79bff'],
  model: ['#c2570c', '#ffb26b'],
  data: ['#0f8a5f', '#5fd6a6'],
  network: ['#0e7490', '#67d3e8'],
  watch: ['#55617a', '#a3b0c8'],
};

const FONT = 'font-family:ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,Helvetica,Arial,sans-serif';

function theme(dark: boolean): string {
  const [ground, panel, card, line, ink, soft] = dark
    ? ['#0e1420', '#151d2c', '#1c2638', '#31405a', '#eef3fb', '#9fb0ca']
    : ['#f7f9fc', '#ffffff', '#ffffff', '#d6deea', '#131c2b', '#5a6880'];
  const groups = (Object.keys(ACCENTS) as Group[]).map((group) => {
    const accent = ACCENTS[group][dark ? 1 : 0];
    return (
      `.${group}{stroke:${accent};stroke-opacity:.35}.${group}-text{fill:${accent}}.${group}-chip{fill:${accent};fill-opacity:${dark ? '.2' : '.11'}}` +
      `.${group}-icon{stroke:${accent}}.${group}-edge{stroke:${accent}}`
    );
  });
  return [
    `.ground{fill:${ground}}.panel{fill:${panel}}.card{fill:${card};stroke:${line}}.caller{fill:${panel};stroke:${line}}`,
    `.name,.title,.bill{fill:${ink}}.place,.sub,.cost{fill:${soft}}.tip{fill:${soft}}`,
    ...groups,
  ].join('');
}

export const SVG_STYLE = [
  `text{${FONT}}`,
  '.name{font-size:22px;font-weight:650}.bill{font-size:15px;font-weight:600}.place{font-size:13px}',
  '.group{font-size:11.5px;font-weight:650;letter-spacing:.08em;text-transform:uppercase}',
  '.title{font-size:13.5px;font-weight:600}.sub{font-size:11.5px}.cost{font-size:12px;font-variant-numeric:tabular-nums}',
  '.panel{stroke-width:1}.card{stroke-width:1}.estimated{stroke-dasharray:4 3}',
  '.icon{fill:none;stroke-width:1.6;stroke-linecap:round;stroke-linejoin:round}.edge{fill:none;stroke-width:1.5;stroke-opacity:.7}',
  theme(false),
  `@media (prefers-color-scheme:dark){${theme(true)}}`,
].join('');
