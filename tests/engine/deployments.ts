import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY, type EngineStack, type PulumiEngine } from './pulumi-engine.ts';

/** A use-case stack, and one setting whose change must touch exactly what it is about. */
export interface Deployment {
  readonly name: string;
  /** Settings that name the folder of a built service, with their defaults. */
  readonly bundles: Readonly<Record<string, string>>;
  readonly change: { readonly setting: string; readonly value: string };
  /** What the change does: kind and type, sorted, each once. */
  readonly touches: readonly string[];
  /** Outputs there must be, as a client or an operator looks for them. */
  readonly exports: readonly string[];
}

export const DEPLOYMENTS: readonly Deployment[] = [
  {
    name: 'public-chat',
    bundles: { bundle: 'services/chat/dist/lambda' },
    change: { setting: 'guardrail.filterStrength', value: 'MEDIUM' },
    // Callers move to the new version by the function's environment, and by the policies that name it. The engine lets go of the old one, which
    // `skipDestroy` leaves in AWS.
    touches: [
      'create GuardrailVersion',
      'delete GuardrailVersion',
      'update Dashboard',
      'update Function',
      'update Guardrail',
      'update MetricAlarm',
      'update RolePolicy',
    ],
    exports: [
      'apiUrl',
      'applicationKeys',
      'dashboardUrl',
      'identityPoolId',
      'ledgerTable',
      'userPoolClientId',
      'userPoolId',
    ],
  },
  {
    name: 'enterprise-rag',
    bundles: { 'bundles.query': 'services/rag/dist/lambda', 'bundles.ingest': 'services/ingest/dist/lambda' },
    change: { setting: 'documents.expireAfterDays', value: '120' },
    touches: ['update BucketLifecycleConfiguration'],
    exports: ['apiUrl', 'dashboardUrl', 'databaseArn', 'documentsBucket', 'userPoolId', 'vpcId'],
  },
  {
    name: 'batch-generation',
    bundles: { bundle: 'services/batch/dist/lambda' },
    change: { setting: 'functions.apiConcurrency', value: '6' },
    touches: ['update Function'],
    exports: ['apiUrl', 'dashboardUrl'],
  },
  {
    name: 'edge-outposts',
    bundles: { bundle: 'services/edge/dist/lambda' },
    change: { setting: 'sync.reservedConcurrency', value: '3' },
    touches: ['update Function'],
    exports: ['dashboardUrl'],
  },
];

/** The stack on the engine, with the bundles that are built, and a placeholder where one is not: the engine reads it, nothing runs it. */
export async function deploy(
  engine: PulumiEngine,
  home: string,
  { name, bundles }: Deployment,
  environment: string,
): Promise<EngineStack> {
  const folder = join(REPOSITORY, 'stacks', name);
  const stack = await engine.stack(folder, folder, `plinth-${name}`, environment);
  for (const [setting, built] of Object.entries(bundles)) {
    if (existsSync(join(REPOSITORY, built))) continue;
    const bundle = mkdtempSync(join(home, 'bundle-'));
    writeFileSync(join(bundle, 'index.mjs'), 'export const handler = undefined;\n');
    await stack.set(setting, bundle);
  }
  return stack;
}
