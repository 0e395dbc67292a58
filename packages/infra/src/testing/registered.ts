import * as pulumi from '@pulumi/pulumi';
import { ANSWERS, outputsOf, type Properties } from './invented-outputs.ts';

/** One resource a program registered. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Properties;
}

export interface RegisterOptions {
  /** @default 'plinth-test' */
  project?: string;
  /** @default 'dev' */
  stack?: string;
  /** As at a first preview: nothing that only creation can tell is known. @default false */
  preview?: boolean;
  /** Configuration, with full keys such as `aws:region`. @default none */
  config?: Record<string, string>;
  /** Outputs of the stacks that StackReferences name. @default none */
  stackOutputs?: Properties;
}

/** Runs a program against Pulumi's mocks and gives back every resource it registered, components included. */
export async function registered(program: () => unknown, options: RegisterOptions = {}): Promise<Registered[]> {
  const resources: Registered[] = [];
  const preview = options.preview ?? false;
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        if (type === 'pulumi:pulumi:StackReference')
          return { id: name, state: { ...inputs, outputs: options.stackOutputs ?? {}, secretOutputNames: [] } };
        resources.push({ type, name, inputs });
        const id = `${name}-id`;
        return preview ? { id: undefined, state: inputs } : { id, state: { ...outputsOf(type, { id, name, inputs }) } };
      },
      call: ({ token, inputs }) => ({ ...(ANSWERS[token] ?? inputs) }),
    },
    options.project ?? 'plinth-test',
    options.stack ?? 'dev',
    preview,
    'organization',
  );
  pulumi.runtime.setAllConfig(options.config ?? {});
  await program();
  await pulumi.runtime.disconnect();
  return resources;
}

/** The one resource of a type, or of a type and a name. */
export function only(resources: readonly Registered[], type: string, name?: string): Registered {
  const found = resources.filter((resource) => resource.type === type && (name ?? resource.name) === resource.name);
  const [resource] = found;
  if (resource === undefined || found.length > 1)
    throw new Error(`Expected one ${type}${name === undefined ? '' : ` "${name}"`}, found ${found.length}.`);
  return resource;
}

/** The value of an output. */
export function valueOf<T>(output: pulumi.Input<T>): Promise<T> {
  return new Promise((resolve) => pulumi.output(output).apply((value) => resolve(value as T)));
}
