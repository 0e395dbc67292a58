import type { Command } from 'commander';
import { PlatformError } from '@plinth/contracts';
import { vi } from 'vitest';
import type { Outcome } from './plinth.ts';

/** A command run in this process, as main.ts runs it, with what it wrote: a process of its own costs a second each. */
export async function runInProcess(
  command: Command,
  args: readonly string[],
  variables: Record<string, string>,
): Promise<Outcome> {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    }),
  );
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  const before = process.exitCode;
  process.exitCode = undefined;
  try {
    await command.parseAsync([...args], { from: 'user' });
    return { code: Number(process.exitCode ?? 0), ...written };
  } catch (error) {
    return { ...written, code: 1, stderr: `${written.stderr}plinth: ${PlatformError.from(error).message}\n` };
  } finally {
    process.exitCode = before;
    vi.unstubAllEnvs();
    for (const spy of spies) spy.mockRestore();
  }
}
