import * as pulumi from '@pulumi/pulumi';
import { REMOTE_COMPONENTS, resolveEstimate, type RemoteComponent } from '../remote/index.ts';
import { ANSWERS, outputsOf, type Properties } from './invented-outputs.ts';

/** One resource a program registered. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Properties;
  /** Where an explicit provider puts it; absent for the stack's own Region. */
  readonly region?: string;
  /** Not registered by the program: what a remote component is expected to create. */
  readonly estimated?: true;
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
  /** Outputs of the stacks that StackReferences name, of all alike or by full name. @default none */
  stackOutputs?: Properties | ((stack: string) => Properties);
}

/** Runs a program against Pulumi's mocks and gives back every resource it registered, components included. */
export async function registered(program: () => unknown, options: RegisterOptions = {}): Promise<Registered[]> {
  const resources: Registered[] = [];
  const regions = new Map<string, string>();
  const preview = options.preview ?? false;
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs, provider }) => {
        if (type === 'pulumi:providers:aws' && typeof inputs['region'] === 'string')
          regions.set(name, inputs['region']);
        const region = regions.get(providerName(provider));
        if (type === 'pulumi:pulumi:StackReference') {
          const { stackOutputs = {} } = options;
          const outputs = typeof stackOutputs === 'function' ? stackOutputs(String(inputs['name'])) : stackOutputs;
          return { id: name, state: { ...inputs, outputs, secretOutputNames: [] } };
        }
        resources.push({ type, name, inputs, ...(region !== undefined && { region }) });
        const id = `${name}-id`;
        const remote = REMOTE_COMPONENTS.get(type);
        if (remote !== undefined) {
          const { children, outputs } = expandRemote(remote, name, inputs);
          resources.push(...children);
          return { id: undefined, state: preview ? inputs : { ...inputs, ...outputs } };
        }
        return preview
          ? { id: undefined, state: inputs }
          : { id, state: { ...outputsOf(type, { id, name, inputs, region }) } };
      },
      call: ({ token, inputs }) => ({ ...(ANSWERS[token] ?? inputs) }),
    },
    options.project ?? 'plinth-test',
    options.stack ?? 'dev',
    preview,
    'organization',
  );
  pulumi.runtime.setAllConfig(options.config ?? {});
  try {
    await program();
  } finally {
    // Also after a refusal: what was registered before it must not run into the next program.
    await pulumi.runtime.disconnect();
  }
  return resources;
}

/** The name in a reference to a provider, which is its URN and its id. */
function providerName(reference: string | undefined): string {
  return reference?.split('::').at(-2) ?? '';
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

/** The estimate of a remote component, its pointers filled in with what the children would say once they exist. */
function expandRemote(remote: RemoteComponent, name: string, inputs: Properties) {
  const { children, outputs } = remote.expand(name, inputs);
  const created = new Map<string, Properties>();
  const read = ({ childType, child, property }: { childType: string; child: string; property: string }) => {
    const known = created.get(`${childType} ${child}`);
    if (known === undefined)
      throw new Error(`The estimate of ${remote.type} points to ${childType} ${child}, which it lacks.`);
    return property === 'id' ? `${child}-id` : known[property];
  };
  const estimated = children.map((child): Registered => {
    const resolved = resolveEstimate(child.inputs, read) as Properties;
    created.set(
      `${child.type} ${child.name}`,
      outputsOf(child.type, { id: `${child.name}-id`, name: child.name, inputs: resolved }),
    );
    return { type: child.type, name: child.name, inputs: resolved, estimated: true };
  });
  return { children: estimated, outputs: resolveEstimate(outputs, read) as Properties };
}
