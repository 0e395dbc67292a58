import { inspectBundle, BundleRefused, trustedKey } from '@plinth/edge';
import { Command } from 'commander';
import { readText } from '../edge/files.ts';
import { sourceAt } from '../edge/place.ts';
import { interruptible } from '../rag/interruptible.ts';

interface Options {
  readonly site: string;
  readonly publicKey: string;
  readonly weights: boolean;
  readonly region: string;
  readonly endpoint?: string;
  readonly json?: boolean;
}

export function edgeVerifyCommand(): Command {
  return new Command('verify')
    .description('check the newest bundle as its site would, and say what is wrong with it; ends with 2 if anything is')
    .argument('<place>', 's3://<bucket>/sites/<name>/, or a folder')
    .requiredOption('--site <name>', 'whose bundle it is to be')
    .requiredOption('--public-key <file>', 'what the site checks with')
    .option('--no-weights', 'leave the weights unread')
    .option('--region <region>', 'of the bucket', process.env['AWS_REGION'] ?? 'us-east-1')
    .option('--endpoint <url>', 'another server that speaks S3')
    .option('--json', 'print {"ok","reason","message"}, or what the bundle says of itself')
    .addHelpText('after', '\nExample:\n  plinth edge verify ./bundles --site lab --public-key bundle-key.pub.pem')
    .action(verify);
}

async function verify(place: string, { site, publicKey, weights, region, endpoint, json }: Options): Promise<void> {
  const key = trustedKey(await readText('--public-key', publicKey));
  const print = (line: object, words: string) =>
    void process.stdout.write(json === true ? `${JSON.stringify(line)}\n` : `${words}\n`);
  try {
    const source = sourceAt(place, { region, endpoint });
    const inspect = (signal: AbortSignal) => inspectBundle({ source, key, site, now: Date.now(), weights, signal });
    const { statement, digest, contents } = await interruptible(inspect);
    const { sequence, notAfter } = statement;
    print(
      { ok: true, digest, ...statement },
      `Bundle ${sequence} of ${site} holds until ${notAfter}: ${contents.keys.keys.length} keys, ${contents.models.weights.length} models' weights${weights ? '' : ' (unread)'}.`,
    );
  } catch (error) {
    if (!(error instanceof BundleRefused)) throw error;
    print(
      { ok: false, reason: error.reason, message: error.message },
      `Not a good bundle (${error.reason}): ${error.message}`,
    );
    process.exitCode = 2;
  }
}
