import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

const READY_MS = 60_000;

/** Starts a service as `npm start` does, and waits for its first word. */
export async function startService(
  entry: string,
  environment: Record<string, string>,
): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', entry], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4_000)));
  const url = await new Promise<string>((settle, reject) => {
    const fail = (why: string) => reject(new Error(`The server ${why}: ${errors}`));
    const timer = setTimeout(() => fail('was not ready in time'), READY_MS);
    child.once('close', () => fail('ended'));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as { event: string; url?: string; message?: string };
      clearTimeout(timer);
      if (said.event === 'ready') settle(said.url!);
      else fail(said.message ?? said.event);
    });
  });
  return { child, url };
}
