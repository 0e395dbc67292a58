/** What makes a token; `@aws-sdk/rds-signer`'s `Signer`, but for tests. */
export interface TokenSigner {
  getAuthToken(): Promise<string>;
}

/** RDS takes a token for 15 minutes after it was signed: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html */
const FRESH_MS = 10 * 60_000;

/** A password that is a signature: signed when first asked for, and anew before it ends. Signing needs no network but for the credentials. */
export function iamToken(signer: () => Promise<TokenSigner>, now: () => number = Date.now): () => Promise<string> {
  let signed: { readonly token: Promise<string>; readonly at: number } | undefined;
  return () => {
    const at = now();
    if (signed && at - signed.at < FRESH_MS) return signed.token;
    const token = signer().then((made) => made.getAuthToken());
    const mine = { token, at };
    signed = mine;
    // One that failed is not kept: the next connection tries again.
    token.catch(() => {
      if (signed === mine) signed = undefined;
    });
    return token;
  };
}
