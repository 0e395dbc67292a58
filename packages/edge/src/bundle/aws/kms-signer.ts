import { PlatformError } from '@plinth/contracts';
import type { BundleSigner } from '../compose-bundle.ts';

export interface KmsSignerOptions {
  /** ARN of an ECC_NIST_EDWARDS25519 key. */
  readonly keyArn: string;
  /** Public half of the key, so that no right to ask KMS for it is needed. */
  readonly keyid: string;
  /** Another endpoint that speaks the protocol. */
  readonly endpoint?: string;
}

const TIMEOUT_MS = 20_000;

/** Signs with a key that never leaves KMS: plain Ed25519 over the message as it is (`RAW`), which the key's policy asks for too. */
export function kmsSigner({ keyArn, keyid, endpoint }: KmsSignerOptions): BundleSigner {
  const region = keyArn.split(':')[3];
  return {
    keyid: async () => keyid,
    async sign(message) {
      const { KMSClient, SignCommand } = await import('./kms-sdk.ts');
      const client = new KMSClient({ region, maxAttempts: 3, ...(endpoint === undefined ? {} : { endpoint }) });
      const SigningAlgorithm = 'ED25519_SHA_512';
      try {
        const { Signature } = await client.send(
          new SignCommand({ KeyId: keyArn, Message: message, MessageType: 'RAW', SigningAlgorithm }),
          { abortSignal: AbortSignal.timeout(TIMEOUT_MS) },
        );
        if (Signature === undefined) throw new Error('KMS gave no signature.');
        return Signature;
      } catch (cause) {
        const name = cause instanceof Error ? cause.name : 'unknown error';
        throw new PlatformError('upstream_rejected', `KMS did not sign with ${keyArn} (${name}).`, { cause });
      } finally {
        client.destroy();
      }
    },
  };
}
