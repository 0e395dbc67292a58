import { runService } from '@plinth/front/serve';

/** Entry point of the image: `gateway`, `model`, or `health <url>`. What the others need is loaded by none. */
async function main(): Promise<void> {
  const [, , command, argument = ''] = process.argv;
  if (command === 'gateway') return (await import('./server.ts')).runGateway(process.env);
  if (command === 'health') {
    const { isHealthy } = await import('./health.ts');
    process.exit((await isHealthy(argument)) ? 0 : 1);
  }
  if (command === 'model') {
    const stop = new AbortController();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
    return (await import('./model.ts')).runModel(process.env, stop.signal);
  }
  console.error('usage: plinth-edge gateway | model | health <url>');
  process.exit(2);
}

runService(main);
