import { resolve } from 'node:path';
import { ChatLambdaEnvironment } from '@plinth/contracts';
import { grantKeyThrough, ServiceFunction, type Guardrail } from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import { catalogJson, type DeployedModel } from './catalog.ts';
import type { PublicChatConfig } from './config.ts';
import type { Landing } from './landing.ts';
import type { SharedParts } from './shared.ts';

/** What a request passes through inside the service. */
export interface ServiceParts extends SharedParts {
  readonly guardrail: Guardrail;
  readonly models: readonly DeployedModel[];
}

/** The chat service: its environment as its contract asks, and the right to touch exactly the parts named, in the Regions they are in. */
export function chatService(
  config: PublicChatConfig,
  { named, dataKeyArn, further, opts }: Landing,
  parts: ServiceParts,
): ServiceFunction<typeof ChatLambdaEnvironment> {
  const { home, people, ledger, records, audit, guardrail, models } = parts;
  return new ServiceFunction(
    named('chat'),
    {
      description: 'Chat completions, governed and streamed.',
      bundle: resolve(import.meta.dirname, '../..', config.bundle),
      handler: 'index.handler',
      contract: ChatLambdaEnvironment,
      environment: {
        PLINTH_CATALOG: catalogJson(models, guardrail),
        PLINTH_DEFAULT_LIMITS: JSON.stringify(config.tenantLimits),
        PLINTH_OIDC_ISSUER: people.issuer,
        PLINTH_OIDC_AUDIENCE: people.clientId,
        PLINTH_LEDGER_TABLE: ledger.tableName,
        PLINTH_RECORDS_TABLE: records.tableName,
        PLINTH_AUDIT_TABLE: audit.tableName,
        ...(further !== undefined && { PLINTH_STORES_REGION: home.placement.region }),
      },
      environmentKeyArn: dataKeyArn,
      logGroupName: `/plinth/${pulumi.getStack()}/chat`,
      logKeyArn: dataKeyArn,
      logRetentionDays: config.logRetentionDays,
      reservedConcurrency: config.function.reservedConcurrency,
      memoryMb: config.function.memoryMb,
      statements: [
        ledger.grantReadWrite(),
        records.grantReadWrite(),
        audit.grantAppend(),
        grantKeyThrough(home.dataKeyArn, home.placement, 'dynamodb'),
        ...guardrail.grantApply(),
        ...models.flatMap(({ profile }) => profile.grantInvoke({ guardrail })),
      ],
    },
    opts,
  );
}
