import { AuditRecord, EDGE_NAMESPACE, SITE_METRICS, type SiteReport } from '@plinth/contracts';

/** Told what becomes of reports. */
export interface ReportMetrics {
  /** Once for every report that was taken. */
  taken(site: string, report: SiteReport): void;
  refused(site: string): void;
}

export interface ReportMetricsOptions {
  readonly write: (line: object) => void;
  readonly now: () => number;
}

const SECONDS = 'Seconds';
const COUNT = 'Count';
/** Values one line takes (Embedded Metric Format specification). */
const VALUES = 100;
type Unit = typeof SECONDS | typeof COUNT | 'Milliseconds' | 'None';

/**
 * What sites tell as CloudWatch metrics: that they speak and what waits there; and requests by model and outcome, counted from their audit entries, so
 * that a metric is counted once because its entry is.
 */
export function reportMetrics({ write, now }: ReportMetricsOptions): ReportMetrics {
  const tell = (dimensions: Record<string, string>, metrics: readonly (readonly [string, Unit, number | number[]])[]) =>
    write({
      _aws: {
        Timestamp: now(),
        CloudWatchMetrics: [
          {
            Namespace: EDGE_NAMESPACE,
            Dimensions: [Object.keys(dimensions)],
            Metrics: metrics.map(([Name, Unit]) => ({ Name, Unit })),
          },
        ],
      },
      ...dimensions,
      ...Object.fromEntries(metrics.map(([name, , value]) => [name, value])),
    });
  return {
    taken(site, { audit, state }) {
      const bundle = state?.bundle;
      tell({ Site: site }, [
        [SITE_METRICS.heartbeats, COUNT, 1],
        ...(state === undefined
          ? []
          : [
              [SITE_METRICS.outboxItems, COUNT, state.outbox.items] as const,
              [SITE_METRICS.outboxAge, SECONDS, state.outbox.oldestSeconds] as const,
            ]),
        ...(bundle === undefined ? [] : [[SITE_METRICS.bundleAge, SECONDS, bundle.ageSeconds] as const]),
      ]);
      for (const group of groupsOf(audit?.lines ?? '')) {
        const { model, outcome, records } = group;
        const sum = (of: (record: AuditRecord) => number | undefined) =>
          records.reduce((total, record) => total + (of(record) ?? 0), 0);
        const values = (of: (record: AuditRecord) => number | undefined) =>
          records.flatMap((record) => of(record) ?? []);
        const [durations, firsts] = [values((record) => record.durationMs), values((record) => record.ttftMs)];
        tell({ Site: site, Model: model, Outcome: outcome }, [
          ['Requests', COUNT, records.length],
          ['InputTokens', COUNT, sum((record) => record.inputTokens)],
          ['OutputTokens', COUNT, sum((record) => record.outputTokens)],
          ['CostUsd', 'None', sum((record) => record.nanoUsd) / 1e9],
          ...(durations.length === 0 ? [] : [['Duration', 'Milliseconds', durations] as const]),
          ...(firsts.length === 0 ? [] : [['TimeToFirstToken', 'Milliseconds', firsts] as const]),
        ]);
      }
    },
    refused: (site) => tell({ Site: site }, [[SITE_METRICS.refused, COUNT, 1]]),
  };
}

interface Group {
  readonly model: string;
  readonly outcome: string;
  readonly records: AuditRecord[];
}

/** Chat requests among the entries, by model and outcome, in groups as large as a line takes. */
function groupsOf(lines: string): Group[] {
  const groups: Group[] = [];
  const open = new Map<string, Group>();
  for (const line of lines.split('\n')) {
    const record = recordOf(line);
    if (record?.action !== 'chat.completion') continue;
    const { model = 'none', outcome } = record;
    let group = open.get(`${outcome} ${model}`);
    if (group === undefined || group.records.length >= VALUES) {
      group = { model, outcome, records: [] };
      groups.push(group);
      open.set(`${outcome} ${model}`, group);
    }
    group.records.push(record);
  }
  return groups;
}

/** The record of a line, where it is one that this release knows. It is kept in any case. */
function recordOf(line: string): AuditRecord | undefined {
  try {
    return AuditRecord.safeParse(JSON.parse(line.slice(65))).data;
  } catch {
    return undefined;
  }
}
