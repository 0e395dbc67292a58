import { writeSync } from 'node:fs';
import { CatalogModel, GuardPolicy, OfflinePolicy } from '@plinth/contracts';
import { httpProbe, LinkMonitor } from '@plinth/edge';
import { createSqsSink } from '@plinth/edge/reports/aws';
import { addOutboxRoutes, composeSite } from '@plinth/edge-service';
import { createFrontApp } from '@plinth/front';
import { runService, serveFront, stopAsked } from '@plinth/front/serve';
import {
  auditedAdmission,
  Conversations,
  createChatGateway,
  createIdentify,
  createLocalGuard,
  createRouter,
} from '@plinth/gateway';
import { createOpenAIModel } from '@plinth/models/openai';
import { systemClock } from '@plinth/stores';
import { openEmbeddedSite } from '@plinth/stores/embedded';

/** What a site of the tests is told. */
export interface SiteSettings {
  readonly folder: string;
  readonly port: number;
  /** Of the model on site, and of the one that is reached over the link. */
  readonly models: { readonly near: string; readonly far: string };
  readonly queueUrl: string;
  /** Of SQS, over the link. */
  readonly sqs: string;
  readonly atOnce: number;
  readonly reservationTtlMs: number;
  readonly outboxItems: number;
  readonly reserveBytes: number;
}

const LIMITS = {
  contextTokens: 100_000,
  maxPromptTokens: 60_000,
  maxCompletionTokens: 100,
  price: { input: 1, output: 2 },
};

/** A site out of the very parts of `services/edge`, without bundles: settings come as its one argument. */
async function main(): Promise<void> {
  const settings = JSON.parse(process.argv[2]!) as SiteSettings;
  const { folder, models, atOnce } = settings;
  const stores = await openEmbeddedSite({ folder });
  const model = (id: string, baseUrl: string, local: boolean) =>
    CatalogModel.parse({ id, target: { kind: 'openai', baseUrl, modelId: id }, local, ...LIMITS });
  const router = createRouter([model('near', models.near, true), model('far', models.far, false)], createOpenAIModel);
  // What fails while links break and disks are full is part of the test: `PLINTH_TEST_LOG` shows it.
  const logError = (error: unknown, where: string) => {
    if (process.env['PLINTH_TEST_LOG'] !== undefined) console.error(where, error);
  };
  const clock = systemClock;
  const { ledger, audit, keys } = stores;
  const identify = createIdentify({ keys, clock, defaultTenantLimits: {} });
  const answering = {
    router,
    guard: createLocalGuard(GuardPolicy.parse({})),
    conversations: new Conversations(stores.conversations, clock),
    clock,
    observe: () => undefined,
    requestTimeoutMs: 5_000,
  };
  const admission = auditedAdmission({ ledger, audit, clock, ttlMs: settings.reservationTtlMs, logError });
  const sink = createSqsSink({
    queueUrl: settings.queueUrl,
    region: 'us-east-1',
    endpoint: settings.sqs,
    timeoutMs: 2_000,
  });
  const probe = httpProbe(`${models.far}/health`);
  const link = new LinkMonitor({ probe, quietMs: 200, doubtMs: 100, timeoutMs: 500 });
  const site = composeSite({
    stores,
    gateway: createChatGateway({ ...answering, identify, admission, audit }),
    identify,
    answering,
    policy: OfflinePolicy.parse({ outboxItems: settings.outboxItems }),
    link,
    sink,
    state: () => ({ mode: 'serving' }),
    clock,
    disk: { folder, reserveBytes: settings.reserveBytes },
    logError,
    delivery: { pace: { max: atOnce, start: atOnce }, retry: { firstWaitMs: 20, longestWaitMs: 500 } },
    reporting: { everyMs: 250, stateEveryMs: 1_000, retry: { firstWaitMs: 50, longestWaitMs: 500 } },
  });
  const app = createFrontApp({ ready: async () => true, logError }, (routes) => addOutboxRoutes(routes, site));
  const front = await serveFront(app.fetch, { host: '127.0.0.1', port: settings.port });
  admission.start();
  link.start();
  site.start();
  writeSync(1, `${JSON.stringify({ event: 'ready', url: front.url })}\n`);
  await stopAsked(true);
  await front.drain();
  await site.stop();
  await link.stop();
  admission.stop();
  await sink.close();
  await stores.close();
}

runService(main);
