import { createPrivateKey, createPublicKey } from 'node:crypto';
import { PlatformError } from '@plinth/contracts';
import {
  composeBundle,
  fileSigner,
  publishBundle,
  trustedKey,
  verifyBundle,
  type BundleSigner,
  type TrustedKey,
} from '@plinth/edge';
import { kmsSigner } from '@plinth/edge/bundle/kms';
import { Command } from 'commander';
import { contentsOf, type ContentOptions } from '../edge/contents.ts';
import { readText } from '../edge/files.ts';
import { sinkAt } from '../edge/place.ts';

interface Options extends ContentOptions {
  readonly site: string;
  readonly to: string;
  readonly key: string;
  readonly publicKey?: string;
  readonly sequence?: string;
  readonly days: string;
  readonly region: string;
  readonly endpoint?: string;
  readonly kmsEndpoint?: string;
  readonly json?: boolean;
}

const DAY_MS = 86_400_000;

export function edgePublishCommand(): Command {
  return new Command('publish')
    .description('sign what a site is to go by, and put it where the site looks')
    .requiredOption('--site <name>', 'whose bundle it is')
    .requiredOption('--to <place>', 's3://<bucket>/sites/<name>/, or a folder')
    .requiredOption('--key <key>', 'what to sign with: a file that "keygen" made, or kms:<arn>')
    .option('--public-key <file>', 'public half of a key in KMS: what the site checks with')
    .option('--sequence <number>', 'above that of every bundle before; else the seconds since 1970')
    .option('--days <count>', 'how long it holds', '30')
    .option('--catalog <file>', 'models that the site offers, in place of those it was deployed with')
    .option('--weights <model=file...>', 'weights that the site is to keep, and serve', [])
    .option(
      '--weights-from <place>',
      's3://<bucket>/models/<model>/, where the weights are to be; else beside the bundle',
    )
    .option('--guard <file>', 'policy of the local guard')
    .option('--offline <file>', 'what the site does without its link')
    .option('--keys <file>', 'records of API keys, an array')
    .option('--tenants <file>', 'records of tenants with their limits, an array')
    .option('--keys-of <tenant...>', 'keys and limits of tenants, as "plinth keys" made them on this machine', [])
    .option('--other-limits <file>', 'limits of tenants that have no record')
    .option('--region <region>', 'of the bucket', process.env['AWS_REGION'] ?? 'us-east-1')
    .option('--endpoint <url>', 'another server that speaks S3')
    .option('--kms-endpoint <url>', 'another server that speaks KMS')
    .option('--json', 'print {"site","sequence","notAfter","digest","keyid"}')
    .addHelpText(
      'after',
      '\nExample:\n  plinth edge publish --site lab --to ./bundles --key bundle-key.pem --keys-of acme --weights smollm2-135m-instruct=model.gguf',
    )
    .action(publish);
}

async function publish(options: Options): Promise<void> {
  const { site, to, region, endpoint } = options;
  const { signer, trusted } = await keyOf(options);
  const { contents, weights } = await contentsOf(options);
  const issuedAt = new Date();
  const notAfter = new Date(issuedAt.getTime() + wholeOf('--days', options.days, 3_650) * DAY_MS);
  const seconds = String(Math.floor(issuedAt.getTime() / 1_000));
  const sequence = wholeOf('--sequence', options.sequence ?? seconds, Number.MAX_SAFE_INTEGER);
  const composed = await composeBundle({ site, sequence, issuedAt, notAfter, contents }, signer);
  // As the site will do, before anything is put anywhere: a wrong key is found here, not there.
  const { digest } = verifyBundle(composed.envelope, { key: trusted, site, now: issuedAt.getTime() });
  await publishBundle(composed, sinkAt(to, { region, endpoint }), weights);
  const told = { site, sequence, notAfter: notAfter.toISOString(), digest, keyid: trusted.keyid };
  process.stdout.write(
    options.json === true
      ? `${JSON.stringify(told)}\n`
      : `Published bundle ${sequence} of ${site} to ${to}: ${contents.keys.keys.length} keys, ${weights.length} models' weights, holds until ${told.notAfter}.\n`,
  );
}

async function keyOf({ key, publicKey, kmsEndpoint }: Options): Promise<{ signer: BundleSigner; trusted: TrustedKey }> {
  if (key.startsWith('kms:')) {
    if (publicKey === undefined)
      throw new PlatformError(
        'configuration',
        'Give the public half of the key as well: --public-key, the stack exports it.',
      );
    const trusted = trustedKey(await readText('--public-key', publicKey));
    const keyArn = key.slice('kms:'.length);
    return { signer: kmsSigner({ keyArn, keyid: trusted.keyid, endpoint: kmsEndpoint }), trusted };
  }
  const pem = await readText('--key', key);
  try {
    const trusted = trustedKey(
      createPublicKey(createPrivateKey(pem)).export({ type: 'spki', format: 'pem' }).toString(),
    );
    return { signer: fileSigner(pem), trusted };
  } catch (cause) {
    throw new PlatformError('configuration', `--key ${key} is no Ed25519 private key in PEM.`, { cause });
  }
}

function wholeOf(option: string, text: string, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= most) return value;
  throw new PlatformError('configuration', `${option} is a whole number from 1 to ${most}.`);
}
