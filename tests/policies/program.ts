import { registered } from '@plinth/infra/testing';
import { evaluate, RULES, type Environment, type Finding, type PlannedResource } from '@plinth/policies';

/** A small program that is written twice: sound, and with one thing wrong. */
export interface Program {
  readonly name: string;
  /** Rules that must catch the wrong one, and have nothing against the sound one. */
  readonly catches: readonly string[];
  readonly run: (sound: boolean) => unknown;
  /** @default 'production' */
  readonly environment?: Environment;
  /** @default 'plinth-test' */
  readonly project?: string;
}

export function program(
  name: string,
  catches: readonly string[],
  run: (sound: boolean) => unknown,
  options: Pick<Program, 'environment' | 'project'> = {},
): Program {
  return { name, catches, run, ...options };
}

/** What the packs say of what the program registers. */
export async function findingsOf(given: Program, sound: boolean): Promise<Finding[]> {
  const { project = 'plinth-test', environment = 'production' } = given;
  const resources = await registered(() => void given.run(sound), { project, stack: environment });
  const planned = resources.map(({ type, name, inputs }): PlannedResource => ({
    type,
    name,
    urn: `urn:pulumi:${environment}::${project}::${type}::${name}`,
    // Once it exists, others name a resource by its id, here the one `registered` invents.
    props: { ...inputs, id: `${name}-id` },
  }));
  return evaluate(RULES, planned, { environment });
}
