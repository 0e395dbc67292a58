import { PlatformError } from '@plinth/contracts';

/** Why a bundle is not taken. */
export type BundleRefusal =
  | 'over-size'
  | 'not-json'
  | 'not-an-envelope'
  | 'unknown-type'
  | 'unknown-key'
  | 'bad-signature'
  | 'unknown-version'
  | 'not-a-bundle'
  | 'wrong-site'
  | 'not-yet-valid'
  | 'expired'
  | 'downgraded'
  | 'truncated'
  | 'tampered'
  | 'unhealthy';

/** A bundle that is not taken, and why. What was active stays so. */
export class BundleRefused extends PlatformError {
  readonly reason: BundleRefusal;

  constructor(reason: BundleRefusal, message: string, options: { readonly cause?: unknown } = {}) {
    super('configuration', message, options);
    this.name = 'BundleRefused';
    this.reason = reason;
  }
}
