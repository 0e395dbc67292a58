import { LoadProfile, PRICED_REGION } from '@plinth/sizing';
import { PlatformError } from '@plinth/contracts';
import type { PlannedResource, ProgramPlan } from '../plan.ts';
import { COST_CASES, type Cost, type CostCase, type CostLine } from './cost.ts';
import { ESTIMATORS } from './estimators/index.ts';
import type { Charge, CostContext } from './estimator.ts';
import { FREE_CLOUD_CONTROL, isFree } from './free-types.ts';
import { limitsOf, type Limits } from './limits.ts';
import { PER_REQUEST_ASSUMPTIONS } from './per-request.ts';
import { textAt } from './read.ts';
import { stackModels } from './stack-models.ts';
import { usageOf, type Usage } from './usage.ts';

/**
 * What a stack costs in a month: idle, at the `load` of its configuration, and with its own limits used to the full.
 *
 * @param config Fully named settings, `plinth-public-chat:load`.
 * @throws PlatformError `configuration` when `load` is no load profile
 */
export function estimateCost(
  { project, stack, region, resources }: Pick<ProgramPlan, 'project' | 'stack' | 'region' | 'resources'>,
  config: Readonly<Record<string, string>>,
): Cost {
  const setting = (name: string): unknown => parsed(config[`${project}:${name}`]);
  const load = loadOf(setting('load'), project, stack);
  const limits = limitsOf(resources, setting, load);
  const usage = usageOf(load, limits);
  const context: CostContext = { resources, models: stackModels(resources, setting, load) };
  const lines: CostLine[] = [];
  const unpriced = new Map<string, number>();
  for (const resource of resources) {
    if (resource.kind !== 'resource') continue;
    const estimator = ESTIMATORS.get(resource.type);
    if (estimator !== undefined)
      lines.push(...estimator.charges(resource, context).map((charge) => lineOf(resource, charge, usage)));
    else if (!costsNothing(resource)) unpriced.set(resource.type, (unpriced.get(resource.type) ?? 0) + 1);
  }
  const total = (which: CostCase) => lines.reduce((sum, { monthlyUsd }) => sum + (monthlyUsd[which] ?? 0), 0);
  return {
    currency: 'USD',
    pricedRegion: PRICED_REGION,
    load,
    lines,
    totalUsd: { idle: cents(total('idle')), load: cents(total('load')), worst: cents(total('worst')) },
    unknownPrices: lines.filter(({ unitPriceUsd, quantity }) => unitPriceUsd === null && quantity.worst !== 0).length,
    unbounded: lines.filter(({ quantity }) => quantity.worst === null).length,
    unpriced: [...unpriced].map(([type, count]) => ({ type, count })),
    assumptions: [
      'List prices, without free allowances, volume discounts, commitments, tax and support.',
      ...(region === null || region === PRICED_REGION
        ? []
        : [`Priced as ${PRICED_REGION}: ${region} has prices of its own, mostly higher.`]),
      ...(load === null ? [`${project}:load is not set, so the load is nothing and costs the same as idle.`] : []),
      ...PER_REQUEST_ASSUMPTIONS,
      ...(exceeds(usage.load, limits) ? ['The configured load is more than the limits of the stack let through.'] : []),
      ...limits.because.map((reason) => `Worst case. ${reason}`),
    ],
  };
}

function exceeds({ requests, promptTokens, completionTokens }: Usage, limits: Limits): boolean {
  return requests > limits.requests || promptTokens + completionTokens > limits.tokens;
}

function loadOf(setting: unknown, project: string, stack: string): LoadProfile | null {
  if (setting === undefined) return null;
  const result = LoadProfile.safeParse(setting);
  if (result.success) return result.data;
  const lines = result.error.issues.map(
    ({ path, message }) => `  ${[`${project}:load`, ...path].join('.')}: ${message}`,
  );
  throw new PlatformError('configuration', `Pulumi.${stack}.yaml is not usable. Correct there:\n${lines.join('\n')}`);
}

function lineOf(
  { urn }: PlannedResource,
  { what, price, quantity, note }: Charge,
  usage: Record<CostCase, Usage>,
): CostLine {
  const known = price.usd !== undefined;
  const quantities = perCase((which) => {
    const amount = quantity(usage[which]);
    // Nothing of something unbounded is nothing.
    return Number.isNaN(amount) ? 0 : Number.isFinite(amount) ? amount : null;
  });
  return {
    resource: urn,
    what,
    unit: price.unit,
    unitPriceUsd: price.usd ?? null,
    quantity: quantities,
    monthlyUsd: perCase((which) => {
      const amount = quantities[which];
      if (amount === 0) return 0;
      return amount === null || price.usd === undefined ? null : cents(amount * price.usd);
    }),
    source: price.source,
    asOf: known ? price.asOf : null,
    ...(known ? note !== undefined && { note } : { note: [price.why, note].filter(Boolean).join('; ') }),
  };
}

function perCase<T>(value: (which: CostCase) => T): Record<CostCase, T> {
  return Object.fromEntries(COST_CASES.map((which) => [which, value(which)])) as Record<CostCase, T>;
}

function costsNothing({ type, props }: PlannedResource): boolean {
  if (type === 'aws:cloudcontrol/resource:Resource') return FREE_CLOUD_CONTROL.has(textAt(props, 'typeName') ?? '');
  return isFree(type);
}

/** To a hundredth of a cent: small enough for a sum, and the same on every machine. */
function cents(usd: number): number {
  return Math.round(usd * 1e4) / 1e4;
}

function parsed(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text; // A plain text setting; whoever reads it judges it.
  }
}
