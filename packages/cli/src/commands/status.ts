import { Command } from 'commander';
import { readRunFile } from '../laptop/run-file.ts';
import { stateFolder } from '../workspace.ts';

const TIMEOUT_MS = 3_000;

export function statusCommand(): Command {
  return new Command('status')
    .description('tell whether the platform runs here and where; it is ready when the chat is')
    .option('--json', 'print {"url","apiKey","ready","services"}')
    .action((options: { json?: boolean }) => status(options.json === true));
}

async function status(json: boolean): Promise<void> {
  const run = await readRunFile(stateFolder(process.env));
  const services = await Promise.all(
    (run?.services ?? []).map(async ({ name, url, joins = false }) => ({
      name,
      url,
      ready: await answers({ name, url }),
      joins,
    })),
  );
  const ready = services.length > 0 && services.every((service) => service.ready || service.joins);
  if (json)
    process.stdout.write(
      `${JSON.stringify({
        url: run?.url ?? null,
        apiKey: run?.apiKey ?? null,
        ready,
        services: services.map(({ name, url, ready }) => ({ name, url, ready })),
      })}\n`,
    );
  else if (run === undefined) process.stdout.write('Plinth does not run here. Start it with: npm start\n');
  else {
    const lines = services.map(
      (service) => `  ${service.ready ? 'ready  ' : 'waiting'}  ${service.name.padEnd(8)} ${service.url}`,
    );
    process.stdout.write(`Plinth ${ready ? 'is ready' : 'is not ready yet'} on ${run.url}\n${lines.join('\n')}\n`);
  }
  if (!ready) process.exitCode = 1;
}

const HEALTH: Readonly<Record<string, string>> = {
  chat: '/readyz',
  rag: '/readyz',
  batch: '/readyz',
  model: '/health',
};

/** Whether a service answers at all; the Bedrock protocol has no health path, so any answer of its port counts. */
async function answers({ name, url }: { name: string; url: string }): Promise<boolean> {
  const path = HEALTH[name];
  try {
    const response = await fetch(`${url}${path ?? '/'}`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return path === undefined || response.ok;
  } catch {
    // Refused or too slow: not ready, which is the answer.
    return false;
  }
}
