import type * as pulumi from '@pulumi/pulumi';
import { watchChat, type ChatMetrics } from './chat-metrics.ts';
import { Dashboard } from './dashboard.ts';

export interface ChatDashboardArgs {
  region: string;
  metrics: ChatMetrics;
  /** Alarms shown on top. */
  alarmArns: pulumi.Input<pulumi.Input<string>[]>;
  /** Last part of its name, for a stack with several. @default none */
  suffix?: string;
}

/** One page on a chat front: alarms, time to first token, money, requests, the function, the model, tokens, the guardrail. */
export class ChatDashboard extends Dashboard {
  constructor(name: string, args: ChatDashboardArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const { metrics, ...page } = args;
    super(name, { ...page, watches: watchChat(metrics) }, opts, 'ChatDashboard');
  }
}
