import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as aws from '@pulumi/aws';
import { registered, statementsOf, unjustifiedWildcards } from '@plinth/infra/testing';
import { expect, it } from 'vitest';

it('is the example of the README, word for word', () => {
  const [, ...lines] = readFileSync(join(import.meta.dirname, 'private-notes.ts'), 'utf8')
    .trim()
    .split('\n');
  expect(readFileSync(join(import.meta.dirname, '../README.md'), 'utf8')).toContain(lines.join('\n'));
});

it('gives a role one model and one guardrail', async () => {
  const resources = await registered(async () => {
    const { mayCallTheModel } = await import('./private-notes.ts');
    mayCallTheModel(new aws.iam.Role('notes', { assumeRolePolicy: '{"Statement":[]}' }));
  });
  const granted = statementsOf(resources).filter(({ resource }) => resource.startsWith('aws:iam/rolePolicy:'));
  expect(granted.map(({ Sid }) => Sid)).toEqual([
    'ApplyGuardrail',
    'ReadGuardrail',
    'CallApprovedProfile',
    'OnlyThroughTheProfile',
  ]);
  expect(unjustifiedWildcards(resources)).toEqual([]);
});
