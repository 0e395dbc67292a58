import * as z from 'zod';

const callbackUrls = z
  .array(z.url({ protocol: /^https?$/ }))
  .min(1)
  .max(20);

export const SignIn = z.discriminatedUnion('kind', [
  /** Accounts in the stack's own user pool. Groups are those of the pool. */
  z.strictObject({
    kind: z.literal('cognito'),
    callbackUrls,
    mfa: z.enum(['ON', 'OPTIONAL']).default('ON'),
    threatProtection: z.boolean().default(true),
  }),
  /** The company's OpenID Connect provider, through a user pool without passwords. */
  z.strictObject({
    kind: z.literal('oidc'),
    callbackUrls,
    issuer: z.url({ protocol: /^https$/ }),
    clientId: z.string().min(1),
    /** `pulumi config set --secret --path 'signIn.clientSecret'` */
    clientSecret: z.string().min(1),
    groupsClaim: z.string().min(1).default('groups'),
    tenantClaim: z.string().min(1).optional(),
  }),
]);
export type SignIn = z.infer<typeof SignIn>;
