import { RouteList } from '@plinth/contracts';
import { Command } from 'commander';
import { readRunFile, type RunFile } from '../laptop/run-file.ts';
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
    lines.push(...(await placesOf(run)));
    process.stdout.write(`Plinth ${ready ? 'is ready' : 'is not ready yet'} on ${run.url}\n${lines.join('\n')}\n`);
  }
  if (!ready) process.exitCode = 1;
}

/** A line for every place of a model that has several; none where the chat does not tell. */
async function placesOf({ url, apiKey }: RunFile): Promise<string[]> {
  try {
    const response = await fetch(`${url}/v1/routes`, {
      headers: { authorization: `Bearer ${apiKey}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const { data } = RouteList.parse(await response.json());
    return data.flatMap(({ model, pools }) => [
      `  routes   ${model}`,
      ...pools.flatMap(({ id: pool, members }) => members.map((member) => placeLine(pool, member))),
    ]);
  } catch {
    // It does not run yet, or is of another version: what it serves is told above.
    return [];
  }
}

type Member = RouteList['data'][number]['pools'][number]['members'][number];

function placeLine(pool: string, { id, breaker, in_flight, limit, ttft_ms }: Member): string {
  const state = breaker === 'closed' ? 'in order' : breaker === 'open' ? 'out of order' : 'on probation';
  const speed = ttft_ms === undefined ? '' : `, first token after ${Math.round(ttft_ms)} ms`;
  return `           ${`${pool}/${id}`.padEnd(18)} ${state}, ${in_flight} of ${limit} requests${speed}`;
}

const HEALTH: Readonly<Record<string, string>> = {
  chat: '/readyz',
  rag: '/readyz',
  batch: '/readyz',
  edge: '/readyz',
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
