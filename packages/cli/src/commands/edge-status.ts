import { SiteView } from '@plinth/contracts';
import { Command } from 'commander';
import { PlatformApi } from '../api/platform-api.ts';
import { interruptible } from '../rag/interruptible.ts';

interface Options {
  readonly url?: string;
  readonly json?: boolean;
}

export function edgeStatusCommand(): Command {
  return new Command('status')
    .description('how a site stands: its link, its bundle, what waits')
    .option('--url <url>', 'where the site is')
    .option('--json', 'print it as JSON')
    .addHelpText('after', '\nExample:\n  PLINTH_API_KEY=… plinth edge status --url http://edge.plinth-edge')
    .action(status);
}

async function status({ url, json }: Options): Promise<void> {
  const site = await PlatformApi.find(process.env, { url }, { name: 'site', mount: '/edge' });
  const view = await interruptible((signal) => site.json('/v1/site', SiteView, { signal, longestMs: 10_000 }));
  process.stdout.write(json === true ? `${JSON.stringify(view)}\n` : `${describeSite(view).join('\n')}\n`);
}

export function describeSite(view: SiteView): string[] {
  const { name, mode, link, bundle, staging, rejected, trouble, outbox } = view;
  const at = (seconds: number) => new Date(seconds * 1_000).toISOString();
  return [
    `Site ${name} is ${mode}.`,
    `  link    ${link.online ? 'up' : 'down'} since ${at(link.since)}`,
    bundle === null
      ? '  bundle  none yet'
      : `  bundle  ${bundle.sequence} until ${at(bundle.expires_at)}, last confirmed ${hours(bundle.unconfirmed_seconds)} ago${bundle.stale ? ': stale' : ''}${bundle.proven ? '' : ', not proven yet'}`,
    ...(staging === null ? [] : [`  staging ${staging}`]),
    ...rejected.map(({ sequence, problem, at: when }) => `  gone back from ${sequence} at ${at(when)}: ${problem}`),
    ...(trouble === null ? [] : [`  trouble ${trouble.reason}: ${trouble.message}`]),
    `  outbox  ${outbox.items} waiting${outbox.items === 0 ? '' : `, the oldest for ${hours(outbox.oldest_seconds)}`}`,
  ];
}

const hours = (seconds: number) =>
  seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
