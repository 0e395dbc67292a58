import { pathToFileURL } from 'node:url';
import { environmentFor, evaluate, RULES, type Finding } from '@plinth/policies';
import * as pulumi from '@pulumi/pulumi';
import type { PlanFinding, ProgramPlan } from '../plan.ts';
import type { ExportedValue, PlanRequest, StackOutputs } from '../protocol.ts';
import { ConstructionLog } from './construction-log.ts';
import { PlanMonitor } from './plan-monitor.ts';
import { exportOutputs } from './stack-exports.ts';
import { StandIns } from './stand-ins.ts';
import { countUnknown, readWireRecord } from './wire.ts';

/** Region a plan is made for when the configuration names none. */
const FALLBACK_REGION = 'us-east-1';

/** Runs one stack program in this process, which must be fresh: the Pulumi runtime keeps global state. */
export async function runProgram(
  request: PlanRequest,
  stackOutputs: (name: string) => Promise<StackOutputs>,
): Promise<{ plan: ProgramPlan; exports: Record<string, ExportedValue> }> {
  const { project, stack, config } = request;
  const region = config['aws:region'] ?? FALLBACK_REGION;
  const standIns = new StandIns(region);
  const log = new ConstructionLog();
  const monitor = new PlanMonitor({
    project,
    stack,
    region,
    standIns,
    unknowns: request.unknowns,
    outputsOf: (type, name) => log.outputsOf(type, name),
    estimated: (child, component) => log.placeWith(child, component),
    stackOutputs,
    defaultTags: config['aws:defaultTags'],
  });
  pulumi.runtime.setMockOptions(monitor, project, stack, true, 'organization');
  pulumi.runtime.setAllConfig({ ...config }, [...request.secretKeys]);
  await pulumi.runtime.runInPulumiStack(async () => {
    pulumi.runtime.registerStackTransformation(log.transformation);
    const program = (await import(pathToFileURL(request.main).href)) as Record<string, unknown>;
    const { default: main, ...exported } = program;
    return typeof main === 'function' ? ((await main()) as Record<string, unknown>) : exported;
  });
  await pulumi.runtime.disconnect();
  // A registration that failed ends as an unhandled rejection, which Node reports only after this turn of its loop.
  await new Promise((resolve) => setImmediate(resolve));

  const inOrder = <T extends { type: string; name: string }>(resources: readonly T[]): T[] =>
    [...resources].sort((a, b) => log.positionOf(a) - log.positionOf(b));
  const environment = environmentFor(undefined, stack);
  const findings = evaluate(RULES, inOrder(monitor.judged), { environment }).map(planFinding);
  const outputs = readWireRecord(monitor.outputs, standIns).shown;
  if (config['aws:region'] === undefined) monitor.assumptions.add(`Region ${FALLBACK_REGION}: aws:region is not set.`);
  return {
    plan: {
      version: 2,
      project,
      stack,
      environment,
      region: config['aws:region'] ?? null,
      resources: inOrder(monitor.shown),
      outputs,
      findings,
      summary: summaryOf(monitor, findings),
      assumptions: [...monitor.assumptions],
    },
    exports: exportOutputs(monitor.outputs, standIns, (urn) => monitor.nameOf(urn)),
  };
}

function planFinding({ resource, controls, ...finding }: Finding): PlanFinding {
  return { ...finding, resource: resource ?? null, controls: [...controls] };
}

function summaryOf({ shown }: PlanMonitor, findings: readonly PlanFinding[]): ProgramPlan['summary'] {
  const violations = findings.filter(({ kind }) => kind === 'violation');
  return {
    components: shown.filter(({ kind }) => kind === 'component').length,
    resources: shown.filter(({ kind }) => kind === 'resource').length,
    estimated: shown.filter(({ estimated }) => estimated === true).length,
    unknownValues: shown.reduce((sum, { props }) => sum + countUnknown(props), 0),
    rules: RULES.length,
    mandatory: violations.filter(({ level }) => level === 'mandatory').length,
    advisory: violations.filter(({ level }) => level === 'advisory').length,
    notYetKnown: findings.length - violations.length,
  };
}
