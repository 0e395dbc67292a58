import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { registered } from '../testing/index.ts';
import { readStackConfig } from './stack-config.ts';
import { StackError } from './stack-error.ts';

const Schema = z.strictObject({
  region: z.string(),
  size: z.coerce.number().int(),
  enabled: z.boolean().default(false),
  list: z.array(z.strictObject({ name: z.string() })).default([]),
});

async function read(config: Record<string, string>) {
  let result: unknown;
  await registered(() => (result = readStackConfig(Schema)), { project: 'demo', stack: 'staging', config });
  return result;
}

describe('readStackConfig', () => {
  it('reads plain values, switches, lists and the Region', async () => {
    const config = {
      'aws:region': 'eu-west-1',
      'demo:size': '3',
      'demo:enabled': 'true',
      'demo:list': '[{"name":"a"}]',
    };
    expect(await read(config)).toEqual({ region: 'eu-west-1', size: 3, enabled: true, list: [{ name: 'a' }] });
  });

  it("leaves other projects' settings alone", async () => {
    expect(
      await read({ 'aws:region': 'eu-west-1', 'aws:profile': 'x', 'other:size': '9', 'demo:size': '3' }),
    ).toMatchObject({ size: 3 });
  });

  it('names every wrong setting at once, and the file to correct', async () => {
    const problem = read({ 'demo:size': 'large', 'demo:list': '[{"name":1}]', 'demo:lst': '[]' });
    await expect(problem).rejects.toThrow(StackError);
    await expect(problem).rejects.toThrow(/Pulumi\.staging\.yaml of demo/);
    await expect(problem).rejects.toThrow(/aws:region.*\n.*demo:size.*\n.*demo:list\[0\]\.name.*\n.*demo:lst/);
  });

  it('takes text that only looks like a list as text', async () => {
    await expect(read({ 'aws:region': '[oops', 'demo:size': '1' })).resolves.toMatchObject({ region: '[oops' });
  });

  it('carries no stack trace, so that Pulumi shows the words alone', () => {
    expect(new StackError('Set it.').stack).toBe('StackError: Set it.');
  });
});
