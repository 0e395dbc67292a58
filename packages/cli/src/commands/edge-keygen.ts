import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PlatformError } from '@plinth/contracts';
import { trustedKey } from '@plinth/edge';
import { Command } from 'commander';

export function edgeKeygenCommand(): Command {
  return new Command('keygen')
    .description('make a pair of keys that bundles are signed and checked with, for laptops: in AWS the key is in KMS')
    .option('--out <folder>', 'where to put them', '.')
    .option('--json', 'print {"keyid","privateKey","publicKey"}')
    .addHelpText('after', '\nExample:\n  plinth edge keygen --out .plinth/edge')
    .action(keygen);
}

async function keygen({ out, json }: { readonly out: string; readonly json?: boolean }): Promise<void> {
  const pair = generateKeyPairSync('ed25519');
  const publicPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const privateKey = join(out, 'bundle-key.pem');
  const publicKey = join(out, 'bundle-key.pub.pem');
  await mkdir(out, { recursive: true });
  await put(privateKey, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
  await put(publicKey, publicPem, 0o644);
  const { keyid } = trustedKey(publicPem);
  process.stdout.write(
    json === true
      ? `${JSON.stringify({ keyid, privateKey, publicKey })}\n`
      : `${privateKey} signs: keep it to yourself.\n${publicKey} checks: sites get it as PLINTH_BUNDLE_KEY.\n`,
  );
}

/** Never over another: sites that trust the key of before would take nothing any more. */
async function put(path: string, content: string, mode: number): Promise<void> {
  await writeFile(path, content, { mode, flag: 'wx' }).catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === 'EEXIST' ? 'is there already: move it away first' : `cannot be written (${cause.code})`;
    throw new PlatformError('configuration', `${path} ${why}.`, { cause });
  });
}
