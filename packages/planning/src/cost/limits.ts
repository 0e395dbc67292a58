import { Limits as TenantLimits } from '@plinth/contracts';
import type { LoadProfile } from '@plinth/sizing';
import * as z from 'zod';
import type { PlannedResource } from '../plan.ts';
import { at, numberAt, refersTo } from './read.ts';
import { SECONDS_PER_MONTH } from './usage.ts';

const DAYS_PER_MONTH = 730 / 24;
const MINUTES_PER_MONTH = 730 * 60;

/** The settings of a stack that bound what one request may cost, where it has them. */
const Models = z.array(
  z.object({ id: z.string(), maxPromptTokens: z.number(), maxCompletionTokens: z.number() }).catchall(z.unknown()),
);

/** What a stack's own limits let through in a month, `Infinity` where it has none. */
export interface Limits {
  readonly requests: number;
  readonly promptTokensPerRequest: number;
  readonly completionTokensPerRequest: number;
  /** Prompt and completion together, over all tenants. */
  readonly tokens: number;
  readonly modelSpendUsd: number;
  readonly users: number;
  /** What each limit is, for a reader. */
  readonly because: readonly string[];
}

/** @param setting One setting of the stack, parsed from JSON. */
export function limitsOf(
  resources: readonly PlannedResource[],
  setting: (name: string) => unknown,
  load: LoadProfile | null,
): Limits {
  const because: string[] = [];
  const least = (candidates: readonly (readonly [number, string])[]): number => {
    const [value, reason] = candidates.reduce((best, next) => (next[0] < best[0] ? next : best), [Infinity, '']);
    if (value < Infinity) because.push(reason);
    return value;
  };
  const models = Models.safeParse(setting('models')).data ?? [];
  const tenant = load?.tenants === undefined ? undefined : TenantLimits.safeParse(setting('tenantLimits')).data;
  const tenants = load?.tenants ?? 0;
  const pool = resources.find(({ type }) => type === 'aws:cognito/userPool:UserPool');
  const invited = pool !== undefined && at(pool.props, 'adminCreateUserConfig.allowAdminCreateUserOnly') === true;
  return {
    requests: least([
      ...requestLimits(resources, load?.secondsPerRequest ?? 1),
      ...(tenant?.requestsPerMinute === undefined
        ? []
        : [
            [
              tenants * tenant.requestsPerMinute * MINUTES_PER_MONTH,
              `Requests: ${tenants} tenants of ${tenant.requestsPerMinute} a minute.`,
            ] as const,
          ]),
    ]),
    promptTokensPerRequest: Math.max(...models.map(({ maxPromptTokens }) => maxPromptTokens), 0) || Infinity,
    completionTokensPerRequest:
      Math.max(...models.map(({ maxCompletionTokens }) => maxCompletionTokens), 0) || Infinity,
    tokens: least(
      [
        tenant?.tokensPerDay === undefined ? undefined : tenant.tokensPerDay * DAYS_PER_MONTH,
        tenant?.tokensPerMonth,
      ].flatMap((each) =>
        each === undefined
          ? []
          : [
              [
                tenants * each,
                `Tokens: ${tenants} tenants of ${Math.round(each).toLocaleString('en')} a month.`,
              ] as const,
            ],
      ),
    ),
    modelSpendUsd: least(
      tenant?.nanoUsdPerDay === undefined
        ? []
        : [
            [
              (tenants * tenant.nanoUsdPerDay * DAYS_PER_MONTH) / 1e9,
              `Models: ${tenants} tenants of $${tenant.nanoUsdPerDay / 1e9} a day.`,
            ] as const,
          ],
    ),
    users: pool === undefined ? 0 : invited ? (load?.activeUsers ?? 0) : Infinity,
    because,
  };
}

function requestLimits(resources: readonly PlannedResource[], seconds: number): (readonly [number, string])[] {
  const ofType = (type: string) => resources.filter((resource) => resource.type === type);
  const sum = (values: readonly (number | undefined)[]) =>
    values.every((value) => value !== undefined) ? values.reduce((total, value) => total + value, 0) : Infinity;
  const plans = ofType('aws:apigateway/usagePlan:UsagePlan');
  const keys = (plan: PlannedResource) =>
    ofType('aws:apigateway/usagePlanKey:UsagePlanKey').filter(({ props }) => refersTo(props['usagePlanId'], plan))
      .length;
  const perSecond = (property: string, resource: PlannedResource) => numberAt(resource.props, property);
  const limits: (readonly [number, string])[] = [];
  const add = (rate: number, reason: string) => limits.push([rate * SECONDS_PER_MONTH, reason]);

  const stages = ofType('aws:apigateway/methodSettings:MethodSettings');
  if (stages.length > 0) {
    const rate = sum(stages.map((stage) => perSecond('settings.throttlingRateLimit', stage)));
    add(rate, `Requests: the API is throttled to ${rate} a second.`);
  }
  if (plans.length > 0) {
    const rate = sum(
      plans.map((plan) => {
        const each = perSecond('throttleSettings.rateLimit', plan);
        return each === undefined ? undefined : each * keys(plan);
      }),
    );
    add(rate, `Requests: usage plans let ${rate} a second through.`);
    const quotas = plans.map((plan) => {
      const each = numberAt(plan.props, 'quotaSettings.limit');
      const days = { DAY: DAYS_PER_MONTH, WEEK: DAYS_PER_MONTH / 7, MONTH: 1 }[
        String(at(plan.props, 'quotaSettings.period'))
      ];
      return each === undefined || days === undefined ? undefined : each * days * keys(plan);
    });
    limits.push([sum(quotas), 'Requests: the quotas of the usage plans, used up.']);
  }
  const functions = ofType('aws:lambda/function:Function');
  if (functions.length > 0 && seconds > 0) {
    const copies = sum(functions.map((each) => perSecond('reservedConcurrentExecutions', each)));
    add(copies / seconds, `Requests: ${copies} functions at once, ${seconds} seconds each.`);
  }
  return limits;
}
