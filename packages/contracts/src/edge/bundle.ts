import { filledListOf, filledText, listOf, whole } from '../bounds.ts';
import { ModelCatalog } from '../catalog.ts';
import { OfflinePolicy, SiteName } from '../environment/edge.ts';
import { GuardPolicy } from '../guard.ts';
import { ApiKeyRecord, TenantRecord } from '../identity.ts';
import { Limits } from '../limits.ts';
import * as z from '../zod.ts';

/** What is signed says what it is, so that a signature for something else is never taken for a bundle's. */
export const BUNDLE_TYPE = 'application/vnd.plinth.site-bundle+json';

/** Bounds of a bundle, each checked before what it bounds is read. */
export const BUNDLE_BOUNDS = {
  /** Of what is signed: KMS signs no longer message as it is. */
  signedBytes: 4_096,
  /** Of `latest.json`: what is signed in base64, and its signatures. */
  envelopeBytes: 16_384,
  partBytes: 8_388_608,
  weightsBytes: 1_000_000_000_000,
  models: 32,
  files: 256,
  keys: 20_000,
} as const;

const base64 = z.string().check(z.regex(/^[A-Za-z0-9+/_-]+={0,2}$/, 'is not base64'));

/** A DSSE envelope. Fields that are not known are nothing to worry about: only what is signed counts. */
export const BundleEnvelope = z.object({
  payloadType: filledText(128),
  payload: base64,
  signatures: filledListOf(z.object({ keyid: z.optional(filledText(128)), sig: base64 }), 8),
});
export type BundleEnvelope = z.infer<typeof BundleEnvelope>;

const Sha256 = z.string().check(z.regex(/^[0-9a-f]{64}$/, 'is no SHA-256 in hexadecimal'));
const instant = z.iso.datetime();

/** Some bytes, named by what they are. */
export const Digest = z.strictObject({ sha256: Sha256, bytes: whole(1, BUNDLE_BOUNDS.weightsBytes) });
export type Digest = z.infer<typeof Digest>;

const part = Digest.check(
  z.refine(({ bytes }) => bytes <= BUNDLE_BOUNDS.partBytes, `is over ${BUNDLE_BOUNDS.partBytes} bytes`),
);

/** What is signed: whose bundle it is, since when and until when it holds, and what it is of. */
export const BundleStatement = z.strictObject({
  version: z.literal(1),
  site: SiteName,
  /** Grows with every bundle of a site; gaps mean nothing. */
  sequence: whole(1, Number.MAX_SAFE_INTEGER),
  issuedAt: instant,
  notAfter: instant,
  parts: z.strictObject({ models: part, policy: part, keys: part, budgets: part }),
});
export type BundleStatement = z.infer<typeof BundleStatement>;
export type BundlePartName = keyof BundleStatement['parts'];

/** A name of a file below a folder, and never of one outside it. */
const fileName = filledText(255).check(
  z.regex(/^[A-Za-z0-9_][A-Za-z0-9._-]*(\/[A-Za-z0-9_][A-Za-z0-9._-]*)*$/, 'name a file below the folder'),
);

/** Weights of one model on site. */
export const BundledModel = z.strictObject({
  /** As the model's server and the catalog know it. */
  name: filledText(64).check(z.regex(/^[a-z0-9][a-z0-9._-]*$/, 'use lower-case letters, digits and . _ -')),
  /** Where the files are, `s3://<bucket>/<prefix>/`. Absent: below `models/<name>/` beside the bundle. */
  from: z.optional(z.string().check(z.regex(/^s3:\/\/[a-z0-9.-]{3,63}\/([\w.-]+\/)+$/, 'is not s3://bucket/prefix/'))),
  files: filledListOf(z.strictObject({ path: fileName, ...Digest.shape }), BUNDLE_BOUNDS.files),
});
export type BundledModel = z.infer<typeof BundledModel>;

/** Models of the site. */
export const BundleModels = z.strictObject({
  /** In place of the catalog the site was deployed with. */
  catalog: z.optional(ModelCatalog),
  /** Fetched and kept on site. None where the models' servers fetch their own. */
  weights: listOf(BundledModel, BUNDLE_BOUNDS.models),
});
export type BundleModels = z.infer<typeof BundleModels>;

/** What is allowed on site, each in place of what the site was deployed with. */
export const BundlePolicy = z.strictObject({ guard: z.optional(GuardPolicy), offline: z.optional(OfflinePolicy) });
export type BundlePolicy = z.infer<typeof BundlePolicy>;

/** Who may call. A key that is not here is no key of the site any more. */
export const BundleKeys = z.strictObject({ keys: listOf(ApiKeyRecord, BUNDLE_BOUNDS.keys) });
export type BundleKeys = z.infer<typeof BundleKeys>;

/** What they may use. */
export const BundleBudgets = z.strictObject({
  tenants: listOf(TenantRecord, BUNDLE_BOUNDS.keys),
  /** Of tenants that are not here, in place of what the site was deployed with. */
  others: z.optional(Limits),
});
export type BundleBudgets = z.infer<typeof BundleBudgets>;

/** The parts of a bundle, by their names. */
export const BUNDLE_PARTS = {
  models: BundleModels,
  policy: BundlePolicy,
  keys: BundleKeys,
  budgets: BundleBudgets,
} as const satisfies Record<BundlePartName, z.core.$ZodType>;
export type BundleContents = { readonly [K in BundlePartName]: z.infer<(typeof BUNDLE_PARTS)[K]> };
