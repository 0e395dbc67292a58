import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

const READY_MS = 60_000;

/** What a service says when it serves; the model server has several addresses. */
export interface Ready {
  readonly event: string;
  readonly url?: string;
  readonly openai?: string;
  readonly bedrock?: string;
  readonly model?: string;
}

/** Starts a service as `npm start` does, and waits until it says that it serves. */
export async function startService(
  entry: string,
  environment: Record<string, string>,
): Promise<{ child: ChildProcess; url: string; ready: Ready }> {
  const child = spawn(process.execPath, ['--import', 'tsx', entry], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4_000)));
  const ready = await new Promise<Ready>((settle, reject) => {
    const fail = (why: string) => reject(new Error(`The server ${why}: ${errors}`));
    const timer = setTimeout(() => fail('was not ready in time'), READY_MS);
    child.once('close', () => fail('ended'));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as Ready & { message?: string };
      if (said.event === 'progress') return;
      clearTimeout(timer);
      if (said.event === 'ready') settle(said);
      else fail(said.message ?? said.event);
    });
  });
  return { child, url: ready.url ?? '', ready };
}
