import { generateKeyPairSync } from 'node:crypto';
import { GuardPolicy, type BundleContents, type BundleStatement } from '@plinth/contracts';
import { composeBundle, fileSigner, type ComposedBundle, type NewBundle } from '../bundle/compose-bundle.ts';
import { preAuthEncoding, trustedKey, type TrustedKey } from '../bundle/dsse.ts';

export const NOON = Date.parse('2026-06-01T12:00:00Z');
const DAY_MS = 86_400_000;

/** What a bundle holds where a test does not say. */
export function someContents(changes: Partial<BundleContents> = {}): BundleContents {
  return {
    models: { weights: [] },
    policy: { guard: GuardPolicy.parse({}) },
    keys: { keys: [] },
    budgets: { tenants: [] },
    ...changes,
  };
}

/** Whoever signs bundles, with a key of their own. */
export class BundleAuthor {
  readonly privateKeyPem: string;
  readonly publicKeyPem: string;
  readonly key: TrustedKey;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    this.privateKeyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    this.publicKeyPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    this.key = trustedKey(this.publicKeyPem);
  }

  compose(changes: Partial<NewBundle> = {}): Promise<ComposedBundle> {
    const dates = { issuedAt: new Date(NOON), notAfter: new Date(NOON + 30 * DAY_MS) };
    const bundle = { site: 'lab', sequence: 1, ...dates, contents: someContents(), ...changes };
    return composeBundle(bundle, fileSigner(this.privateKeyPem));
  }

  /** An envelope over any payload at all, well signed. */
  async sign(payload: string | Buffer, payloadType = 'application/vnd.plinth.site-bundle+json'): Promise<Buffer> {
    const bytes = Buffer.from(payload);
    const sig = await fileSigner(this.privateKeyPem).sign(preAuthEncoding(payloadType, bytes));
    const signatures = [{ keyid: this.key.keyid, sig: Buffer.from(sig).toString('base64') }];
    return Buffer.from(JSON.stringify({ payloadType, payload: bytes.toString('base64'), signatures }));
  }

  /** A statement as it is signed, with changes that a publisher of ours would not make. */
  async signStatement(changes: Record<string, unknown>): Promise<Buffer> {
    const { statement } = await this.compose();
    return this.sign(JSON.stringify({ ...(statement satisfies BundleStatement), ...changes }));
  }
}
