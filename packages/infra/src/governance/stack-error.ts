import { PlatformError, type PlatformErrorOptions } from '@plinth/contracts';

/**
 * A stack that cannot be planned as it is configured, said in words the person at the keyboard can act on. Pulumi prints its message
 * alone, without the program's stack, because of the mark below, which is how Pulumi knows its own `RunError` across copies of its SDK.
 */
export class StackError extends PlatformError {
  readonly __pulumiRunError = true;

  constructor(message: string, options: PlatformErrorOptions = {}) {
    super('configuration', message, options);
    this.name = 'StackError';
    // The stack would name only Pulumi's own files, and Node 20 takes half a minute to colour those paths (util.inspect loops on them).
    this.stack = `${this.name}: ${message}`;
  }
}
