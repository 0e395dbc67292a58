import * as pulumi from '@pulumi/pulumi';
import { StackError } from '../governance/stack-error.ts';

const PINNED = /^[^\s@]+@sha256:[0-9a-f]{64}$/;

/**
 * An image reference that names its content, `repository@sha256:<64 hex digits>`.
 *
 * @throws {StackError} for a reference by tag: a tag is another image tomorrow. Of a reference that is only known later, then.
 */
export function pinnedImage(image: pulumi.Input<string>): pulumi.Input<string> {
  return typeof image === 'string' ? checked(image) : pulumi.output(image).apply(checked);
}

function checked(image: string): string {
  if (!PINNED.test(image))
    throw new StackError(
      `The image "${image}" is not pinned. Name it by digest, as in repository@sha256:<64 hex digits>.`,
    );
  return image;
}
