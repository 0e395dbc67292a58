import * as pulumi from '@pulumi/pulumi';
import { StackError } from './stack-error.ts';

/** What the foundation stack exports, and every use-case stack may read. */
export interface FoundationOutputs {
  /** Customer-managed key for data, logs and environments. */
  readonly dataKeyArn: pulumi.Output<string>;
  /** Topic that alarms and budgets speak to. */
  readonly alertTopicArn: pulumi.Output<string>;
}

/**
 * Reads the foundation of the same environment.
 *
 * @param stack its full name. @default `<organization>/plinth-foundation/<this stack's name>`
 */
export function readFoundation(stack?: string, opts?: pulumi.CustomResourceOptions): FoundationOutputs {
  const name = stack ?? `${pulumi.getOrganization()}/plinth-foundation/${pulumi.getStack()}`;
  const reference = new pulumi.StackReference(name, {}, opts);
  const read = (key: keyof FoundationOutputs) =>
    reference.getOutput(key).apply((value: unknown) => exported(name, key, value));
  return { dataKeyArn: read('dataKeyArn'), alertTopicArn: read('alertTopicArn') };
}

/** @throws StackError when the stack is there but exports no such value */
export function exported(stack: string, key: keyof FoundationOutputs, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new StackError(
    `Stack ${stack} exports no "${key}". Deploy the foundation first: "pulumi up" in the root of the repository, with the same stack name.`,
  );
}
