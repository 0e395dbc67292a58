import * as pulumi from '@pulumi/pulumi';
import { StackError } from './stack-error.ts';

/** What the foundation stack exports, and every use-case stack may read. */
export interface FoundationOutputs {
  /** Customer-managed key for data, logs and environments. */
  readonly dataKeyArn: pulumi.Output<string>;
  /** Topic that alarms and budgets speak to. */
  readonly alertTopicArn: pulumi.Output<string>;
}

/** The foundation, as a use-case stack reads it. */
export interface Foundation extends FoundationOutputs {
  /** URL of one of its image repositories, by the name it has there, for example `vllm`. */
  imageRepository(image: string): pulumi.Output<string>;
}

/** The engine names this resource when there is no such stack, and says no more: so the name says what to do. */
const REFERENCE = 'deploy-the-foundation-first';

/**
 * Reads the foundation of the same environment. Awaited at the start of a stack, so that nothing is registered before it is known to be
 * there.
 *
 * @param stack its full name. @default `<organization>/plinth-foundation/<this stack's name>`
 * @param region of a stack in several Regions one of the further ones, whose foundation is called `<region>-<the other's stack name>`
 * @throws StackError when it is there but exports too little
 */
export async function readFoundation(
  stack?: string,
  opts?: pulumi.CustomResourceOptions,
  region?: string,
): Promise<Foundation> {
  const home = stack ?? `${pulumi.getOrganization()}/plinth-foundation/${pulumi.getStack()}`;
  const name = region === undefined ? home : home.replace(/[^/]+$/, (environment) => `${region}-${environment}`);
  const reference = new pulumi.StackReference(
    region === undefined ? REFERENCE : `${REFERENCE}-in-${region}`,
    { name },
    opts,
  );
  const read = async (key: keyof FoundationOutputs): Promise<pulumi.Output<string>> => {
    const { value, secretValue } = await reference.getOutputDetails(key);
    const found: unknown = value ?? secretValue;
    // A plan may know no outputs; an engine always does.
    if (found !== undefined || (await isKnown(reference))) exported(name, key, found);
    return reference.getOutput(key) as pulumi.Output<string>;
  };
  return {
    dataKeyArn: await read('dataKeyArn'),
    alertTopicArn: await read('alertTopicArn'),
    imageRepository: (image) =>
      reference.getOutput('imageRepositories').apply((urls: unknown) => repositoryOf(name, image, urls)),
  };
}

/** Not among the declared members of an output, but what Pulumi's own SDKs of components go by. */
async function isKnown(reference: pulumi.StackReference): Promise<boolean> {
  const outputs: object = reference.outputs;
  return 'isKnown' in outputs && (await outputs.isKnown) === true;
}

/** @throws StackError when the foundation keeps no repository of that name */
export function repositoryOf(stack: string, image: string, urls: unknown): string {
  const url: unknown = typeof urls === 'object' && urls !== null ? Reflect.get(urls, image) : undefined;
  if (typeof url === 'string') return url;
  throw new StackError(
    `Stack ${stack} keeps no image repository "${image}". Add it to plinth-foundation:imageRepositories, and deploy the foundation.`,
  );
}

/** @throws StackError when the stack is there but exports no such value */
export function exported(stack: string, key: keyof FoundationOutputs, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new StackError(
    `Stack ${stack} exports no "${key}". Deploy the foundation first: "pulumi up" in the root of the repository, with the same stack name.`,
  );
}
