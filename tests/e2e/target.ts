import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { KEYS, startScriptedPlatform } from './scripted-platform.ts';
import type { ScriptedPlatform } from './scripted-platform.ts';

const CONSOLE = fileURLToPath(new URL('../../services/console', import.meta.url));

/** What the browser tests run against: a platform that is up (`PLINTH_E2E_URL` and `PLINTH_E2E_KEY`), or the scripted one. */
export interface Target {
  url: string;
  key: string;
  /** Absent against a real platform: tests that need a script are then skipped. */
  scripted?: ScriptedPlatform;
  close(): Promise<void>;
}

export const REAL_URL = process.env.PLINTH_E2E_URL;

export async function openTarget(): Promise<Target> {
  if (REAL_URL !== undefined && REAL_URL !== '') {
    const key = process.env.PLINTH_E2E_KEY;
    if (key === undefined || key === '')
      throw new Error('PLINTH_E2E_URL is set: set PLINTH_E2E_KEY to a key it accepts.');
    return { url: REAL_URL.replace(/\/$/, ''), key, close: async () => undefined };
  }
  const scripted = await startScriptedPlatform(await builtConsole());
  return { url: scripted.url, key: KEYS.plain, scripted, close: () => scripted.close() };
}

/** The console's built files; builds them where nobody has (Nx builds before it tests). */
export async function builtConsole(): Promise<string> {
  const folder = `${CONSOLE}/dist`;
  if (!existsSync(`${folder}/index.html`)) {
    await promisify(execFile)('npx', ['vite', 'build'], { cwd: CONSOLE, timeout: 60_000 });
  }
  return folder;
}
