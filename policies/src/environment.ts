/** Where a stack is deployed. Enforcement levels and caps differ by it. */
export const ENVIRONMENTS = ['dev', 'staging', 'production'] as const;
export type Environment = (typeof ENVIRONMENTS)[number];

export function isEnvironment(text: string | undefined): text is Environment {
  return ENVIRONMENTS.some((environment) => environment === text);
}

/**
 * The environment rules are applied for: the explicit choice (`PLINTH_ENV`), else the stack's name (`dev`, or anything that
 * ends in `-dev`), else production. A stack nobody classified is held to the strictest rules.
 *
 * @throws RangeError when the explicit choice is not an environment
 */
export function environmentFor(explicit: string | undefined, stackName: string): Environment {
  if (explicit !== undefined && explicit !== '') {
    if (isEnvironment(explicit)) return explicit;
    throw new RangeError(`PLINTH_ENV is "${explicit}": set it to ${ENVIRONMENTS.join(', ')}, or leave it out.`);
  }
  const suffix = stackName.split('-').at(-1);
  return isEnvironment(suffix) ? suffix : 'production';
}

/** Stack and project named in `urn:pulumi:<stack>::<project>::<type>::<name>`; empty where the text is no URN. */
export function ownerOf(urn: string): { stack: string; project: string } {
  const match = /^urn:pulumi:(.*?)::(.*?)::/s.exec(urn);
  return { stack: match?.[1] ?? '', project: match?.[2] ?? '' };
}
