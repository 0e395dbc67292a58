import * as pulumi from '@pulumi/pulumi';
import type { z } from 'zod';
import { StackError } from './stack-error.ts';

/**
 * Reads a stack's whole configuration once, at its start. Every wrong setting is named in one error, with the file it
 * belongs in. `aws:region` is read as `region`; a setting the schema does not know is refused, so a typing mistake
 * cannot leave a default in force.
 *
 * @throws StackError
 */
export function readStackConfig<T extends z.ZodObject>(schema: T): z.output<T> {
  const project = pulumi.getProject();
  const settings: Record<string, unknown> = {};
  for (const [key, text] of Object.entries(pulumi.runtime.allConfig())) {
    if (key === 'aws:region') settings['region'] = text;
    else if (key.startsWith(`${project}:`)) settings[key.slice(project.length + 1)] = settingOf(text);
  }
  const result = schema.safeParse(settings);
  if (result.success) return result.data;
  const lines = result.error.issues.map((issue) => `  ${settingName(project, issue)}: ${issue.message}`);
  throw new StackError(
    `Pulumi.${pulumi.getStack()}.yaml of ${project} is not usable. Correct there:\n${lines.join('\n')}`,
  );
}

/** Pulumi hands over lists and maps as JSON, and everything else as it was written. */
function settingOf(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text; // A plain text that happens to start with a bracket; the schema judges it.
  }
}

function settingName(project: string, issue: z.core.$ZodIssue): string {
  const path = issue.path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .slice(1);
  if (issue.code === 'unrecognized_keys')
    return `${project}:${[path, issue.keys.join(', ')].filter(Boolean).join('.')}`;
  return path === 'region' ? 'aws:region' : `${project}:${path}`;
}
