import type * as pulumi from '@pulumi/pulumi';
import { Alarms } from './alarms.ts';
import { watchChat, type ChatMetrics } from './chat-metrics.ts';

export interface ChatAlarmsArgs {
  metrics: ChatMetrics;
  /** Who hears of it, and of its end. */
  topicArn: pulumi.Input<string>;
  /** Tokens, read and written together, that are more than an hour should ever see. */
  tokensPerHour: number;
  /** Guardrail interventions in five minutes that point to an attack, or to a guardrail that is too strict. @default 50 */
  guardrailBlocks?: number;
}

/** Alarms of a chat front: throttles, tokens, guardrail blocks and errors, each saying what to look at. Silence is not an alarm: nobody may be chatting. */
export class ChatAlarms extends Alarms {
  constructor(name: string, args: ChatAlarmsArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const { metrics, topicArn, ...limits } = args;
    super(name, { topicArn, watches: watchChat(metrics, limits) }, opts, 'ChatAlarms');
  }
}
