import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditCommand } from './commands/audit.ts';
import { ciCommand } from './commands/ci.ts';
import { keysCommand } from './commands/keys.ts';
import { planCommand } from './commands/plan.ts';
import { policyCommand } from './commands/policy.ts';
import { ragCommand } from './commands/rag.ts';
import { statusCommand } from './commands/status.ts';
import { upCommand } from './commands/up.ts';
import { openPlinth } from './testing/plinth.ts';

let plinth: Awaited<ReturnType<typeof openPlinth>>;
beforeAll(async () => {
  plinth = await openPlinth();
});
afterAll(() => plinth.close());

describe('help', () => {
  it('of plinth names every command', async () => {
    const { code, stdout } = await plinth.run('--help');
    expect(code).toBe(0);
    for (const name of ['up', 'status', 'plan', 'policy', 'ci', 'keys', 'audit', 'rag'])
      expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'));
  });

  it.each([
    [upCommand(), ['--port', '--json', 'Ctrl-C']],
    [statusCommand(), ['--json', 'url', 'apiKey', 'ready', 'services']],
    [planCommand(), ['foundation', 'public-chat', '--env', 'dev, staging or production', 'no AWS account']],
    [ciCommand(), ['--base', '--all', '--only', 'formatting', '--json', 'goes on after a failure', 'code 1']],
    [policyCommand(), ['list', 'explain', 'test', 'code 1']],
    [keysCommand(), ['create', 'list', 'revoke', 'limits']],
    [
      keysCommand().commands.find((command) => command.name() === 'create')!,
      ['--tenant', '--principal', '--group', '--limits', '--conversations', 'shown once'],
    ],
    [auditCommand(), ['verify', 'changed, taken out or cut off']],
    [ragCommand(), ['ask', 'search', 'ingest', 'documents', 'eval']],
  ])('of a command tells what it does', (command, words) => {
    const text = command.helpInformation().replace(/\s+/g, ' ');
    for (const word of words) expect(text).toContain(word);
  });
});

describe('a command that cannot be understood', () => {
  it.each([
    [['fly'], "unknown command 'fly'"],
    [['keys', 'create', '--tenant', 'acme'], "required option '--principal <name>' not specified"],
    [['plan', 'public-chat'], "required option '--env <environment>' not specified"],
    [['status', '--yaml'], "unknown option '--yaml'"],
  ])('plinth %j fails with what is wrong and the help', async (args, message) => {
    const { code, stdout, stderr } = await plinth.run(...args);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
    expect(stderr).toContain('Usage: plinth');
    expect(stdout).toBe('');
  });

  it('names the stacks there are when one is not', async () => {
    const { code, stderr } = await plinth.run('plan', '../policies', '--env', 'dev');
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^plinth: There is no stack "\.\.\/policies"\. Use one of: .*foundation.*public-chat.*\.\n$/,
    );
  });

  it('says which ports there are when one is not', async () => {
    const { code, stderr } = await plinth.run('up', '--port', '99999');
    expect(code).toBe(1);
    expect(stderr).toContain('0 to 65535');
  });
});
