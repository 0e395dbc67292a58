import { PlatformError, SiteReport, type SiteName } from '@plinth/contracts';
import { systemTimers, type Timers } from '@plinth/batching';
import type { SiteIntake } from '@plinth/stores/site';
import type { SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { ReportMetrics } from './metrics.ts';

export interface SyncHandlerOptions {
  /** By the ARN of the queue a report came through, which is all that says whose it is. */
  readonly sites: Readonly<Record<string, SiteName>>;
  readonly intake: Pick<SiteIntake, 'take'>;
  readonly metrics: ReportMetrics;
  readonly log: (line: {
    readonly level: 'info' | 'warn' | 'error';
    readonly message: string;
    readonly site?: string;
    readonly code?: string;
  }) => void;
  readonly timers?: Timers;
}

interface Message {
  readonly id: string;
  readonly site: SiteName;
  readonly report: SiteReport;
}

/**
 * How long reports wait for those before them that another invocation has, how long while none of those is taken, and how often it is looked.
 * Milliseconds. One that nobody has at hand is not waited for: it is in the queue, behind what waits.
 */
const PATIENCE_MS = 10_000;
const STILL_MS = 1_500;
const LOOK_MS = 250;
/** Left of the function's time for the answer. */
const RESERVE_MS = 10_000;

/**
 * Takes in a batch of reports. What was taken, now or before, is done. What came before its turn goes back to the queue, and so does what is refused:
 * the queue gives it up to its dead letters, where it raises an alarm.
 */
export function createSyncHandler(
  options: SyncHandlerOptions,
): (event: SQSEvent, remainingMs: () => number) => Promise<SQSBatchResponse> {
  return async (event, remainingMs) => {
    const failed = new Set<string>();
    const journals = new Map<string, Message[]>();
    for (const record of event.Records) {
      const message = read(record, options);
      if (message === undefined) failed.add(record.messageId);
      else {
        const name = `${message.site} ${message.report.journal}`;
        journals.set(name, [...(journals.get(name) ?? []), message]);
      }
    }
    const patience = Math.min(PATIENCE_MS, remainingMs() - RESERVE_MS);
    const taking = [...journals.values()].map((messages) => takeAll(messages, patience, options));
    for (const left of await Promise.all(taking)) for (const { id } of left) failed.add(id);
    return { batchItemFailures: [...failed].map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

function read(
  { messageId: id, body, eventSourceARN }: SQSRecord,
  { sites, metrics, log }: SyncHandlerOptions,
): Message | undefined {
  const site = sites[eventSourceARN];
  if (site === undefined) {
    log({ level: 'error', message: `No site reports through ${eventSourceARN}. Add it to PLINTH_SITES.` });
    return undefined;
  }
  const report = SiteReport.safeParse(parsed(body));
  if (report.success) return { id, site, report: report.data };
  metrics.refused(site);
  log({
    level: 'error',
    site,
    message: 'A message is no report. It goes to the dead letters.',
    code: 'invalid_request',
  });
  return undefined;
}

/** @returns What could not be taken. */
async function takeAll(
  messages: Message[],
  patienceMs: number,
  { intake, metrics, log, timers = systemTimers }: SyncHandlerOptions,
): Promise<Message[]> {
  const left: Message[] = [];
  const deadline = timers.now() + patienceMs;
  let awaited = 0;
  let still = 0;
  messages.sort((a, b) => a.report.number - b.report.number);
  for (const message of messages) {
    const { site, report } = message;
    try {
      for (;;) {
        const answer = await intake.take(site, report);
        if (answer.kind === 'taken') metrics.taken(site, report);
        if (answer.kind === 'refused') {
          left.push(message);
          metrics.refused(site);
          log({
            level: 'error',
            site,
            message: `Report ${report.number} of ${report.journal} is refused: ${answer.why}.`,
          });
        }
        if (answer.kind !== 'early') break;
        const now = timers.now();
        if (answer.missing !== awaited) [awaited, still] = [answer.missing, now + STILL_MS];
        if (now >= Math.min(deadline, still)) {
          left.push(message);
          log({
            level: 'info',
            site,
            message: `Report ${report.number} came before ${answer.missing}: it is looked at again.`,
          });
          break;
        }
        await timers.wait(LOOK_MS, NEVER);
      }
    } catch (thrown) {
      const { message: what, code } = PlatformError.from(thrown);
      left.push(message);
      log({ level: 'warn', site, message: what, code });
    }
  }
  return left;
}

const NEVER = new AbortController().signal;

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
