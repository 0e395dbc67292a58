import { RAG_NAMESPACE } from '@plinth/contracts';
import {
  Alarms,
  Budget,
  Dashboard,
  Tracing,
  watchAnswers,
  watchFunction,
  watchGuardrail,
  watchQueue,
  watchRestApi,
  watchService,
  type Guardrail,
  type StreamingRestApi,
  type WorkQueue,
} from '@plinth/infra';
import * as pulumi from '@pulumi/pulumi';
import type { EnterpriseRagConfig } from './config.ts';
import type { Generator } from './generator/generator.ts';
import type { Retriever } from './retriever/retriever.ts';

interface Named {
  readonly functionName: pulumi.Output<string>;
}

/** Alarms, one page of graphs, traces and a budget, over every part a question or a document passes through. */
export function watchAll(
  config: EnterpriseRagConfig,
  parts: {
    readonly alertTopicArn: pulumi.Output<string>;
    readonly api: StreamingRestApi;
    readonly query: Named;
    readonly ingest: Named;
    readonly changes: WorkQueue;
    readonly guardrail: Guardrail;
    readonly generator: Generator;
    readonly retriever: Retriever;
  },
  opts: pulumi.ComponentResourceOptions,
): Dashboard {
  const { alertTopicArn, api, query, ingest, changes, guardrail, generator, retriever } = parts;
  const watches = [
    watchService({
      namespace: RAG_NAMESPACE,
      models: [config.generator.id],
      tokensPerHour: config.alarmTokensPerHour,
    }),
    watchAnswers({ namespace: RAG_NAMESPACE, model: config.generator.id }),
    watchRestApi(api),
    watchFunction({ functionName: query.functionName, label: 'query' }),
    ...generator.watches,
    watchGuardrail({ arn: guardrail.arn, version: guardrail.version }),
    ...retriever.watches,
    watchFunction({ functionName: ingest.functionName, label: 'ingest' }),
    watchQueue({ queueName: changes.queueName, deadLetterName: changes.deadLetterName, label: 'changes' }),
  ];
  const alarms = new Alarms('rag', { topicArn: alertTopicArn, watches }, opts);
  new Tracing('rag-query', { serviceName: query.functionName }, opts);
  new Budget(
    'enterprise-rag',
    { monthlyUsd: config.monthlyBudgetUsd, topicArn: alertTopicArn, stack: 'enterprise-rag' },
    opts,
  );
  return new Dashboard(
    'rag',
    {
      region: config.region,
      watches,
      alarmArns: pulumi.all([alarms.arns, generator.alarmArns]).apply(([own, ofGenerator]) => [...own, ...ofGenerator]),
    },
    opts,
  );
}
