import { existsSync, readFileSync } from 'node:fs';

/** Where Lambda keeps the certificates of AWS's own authorities, RDS's among them. Source: AWS Lambda, "Node.js runtime", certificates. */
const FILE = '/var/runtime/ca-cert.pem';

/** Authorities that vouch for RDS on Lambda, PEM; undefined elsewhere, where Node's own and those of NODE_EXTRA_CA_CERTS do. */
export function lambdaAuthorities(): string | undefined {
  return existsSync(FILE) ? readFileSync(FILE, 'utf8') : undefined;
}
