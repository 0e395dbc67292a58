import { at, listAt, readJson } from '../read.ts';
import { isUnknown, Unknown } from '../unknown.ts';
import type { ConfinedContainer } from './container.ts';
import { joined } from './kubernetes-pods.ts';

/**
 * Containers of an ECS task definition, whose `containerDefinitions` is JSON text. `unreadable` where it is no JSON list; an unknown
 * where not even a plan knows the text.
 */
export function containersOfTask(definitions: unknown): readonly ConfinedContainer[] | Unknown | 'unreadable' {
  const list = readJson(definitions);
  if (isUnknown(list)) return list;
  if (!Array.isArray(list)) return 'unreadable';
  const unknown = list.find(isUnknown);
  return unknown ?? list.map(read);
}

function read(container: unknown): ConfinedContainer {
  return {
    name: String(at(container, 'name') ?? '(no name)'),
    image: at(container, 'image'),
    command: joined(listAt(container, 'entryPoint'), listAt(container, 'command')),
    environment: environmentOf(container),
    confinement: {
      nonRoot: nonRoot(at(container, 'user')),
      privileged: at(container, 'privileged'),
      readOnlyRoot: at(container, 'readonlyRootFilesystem'),
      escalation: 'not-applicable',
    },
  };
}

/** ECS takes `user`, `user:group`, names or numbers; left out, the image decides, and most images say root. */
function nonRoot(user: unknown): unknown {
  if (isUnknown(user)) return user;
  return typeof user === 'string' && user !== '' && !/^(0|root)(:|$)/.test(user);
}

function environmentOf(container: unknown): readonly (readonly [string, unknown])[] | Unknown {
  const list = listAt(container, 'environment');
  const secrets = listAt(container, 'secrets');
  const files = listAt(container, 'environmentFiles');
  if (isUnknown(list)) return list;
  if (isUnknown(secrets)) return secrets;
  if (isUnknown(files)) return files;
  if (files.length > 0) return new Unknown('environmentFiles');
  const name = (entry: unknown) => String(at(entry, 'name') ?? '');
  return [
    ...list.map((entry) => (isUnknown(entry) ? (['', entry] as const) : ([name(entry), at(entry, 'value')] as const))),
    ...secrets.map((entry) => [name(entry), new Unknown(`secret ${name(entry)}`)] as const),
  ];
}
