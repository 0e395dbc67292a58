import { LinkSwitchMode, LinkSwitchView } from '@plinth/contracts';
import { Argument, Command } from 'commander';
import { PlatformApi } from '../api/platform-api.ts';
import { interruptible } from '../rag/interruptible.ts';

const WORDS: Readonly<Record<LinkSwitchMode, string>> = {
  up: 'The link between the site and its centre is up.',
  down: 'The link between the site and its centre is cut.',
  slow: 'The link between the site and its centre is up, and slow.',
};

export function edgeLinkCommand(): Command {
  return new Command('link')
    .description("cut this laptop's own link between its site and its centre, and mend it")
    .addArgument(new Argument('<mode>').choices([...LinkSwitchMode.options, 'status']))
    .option('--json', 'print {"object","mode"}')
    .addHelpText('after', '\nExample:\n  plinth edge link down')
    .action(turn);
}

async function turn(mode: LinkSwitchMode | 'status', { json }: { readonly json?: boolean }): Promise<void> {
  const site = await PlatformApi.find(process.env, {}, { name: 'site', mount: '/edge' });
  const call = mode === 'status' ? {} : { json: { mode } };
  const view = await interruptible((signal) =>
    site.json('/v1/link', LinkSwitchView, { ...call, signal, longestMs: 10_000 }),
  );
  process.stdout.write(json === true ? `${JSON.stringify(view)}\n` : `${WORDS[view.mode]}\n`);
}
