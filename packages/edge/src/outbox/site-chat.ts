import { PlatformError, type ErrorCode, type OfflinePolicy } from '@plinth/contracts';
import { keepsData, type ChatCall, type ChatGateway, type ChatRun, type Identify, type Router } from '@plinth/gateway';
import type { LinkState } from './link-state.ts';
import type { ShownItem, SiteOutbox } from './site-outbox.ts';

export interface SiteChatOptions {
  readonly gateway: ChatGateway;
  readonly identify: Identify;
  readonly router: Pick<Router, 'resolve'>;
  readonly outbox: Pick<SiteOutbox, 'keep'>;
  readonly link: LinkState;
  readonly policy: Pick<OfflinePolicy, 'heavyRequests'>;
}

export interface SiteCall extends ChatCall {
  /** The caller would rather have the answer later than not at all: `Prefer: respond-async` (RFC 7240). */
  readonly respondAsync: boolean;
  readonly idempotencyKey: string | undefined;
}

export type SiteAnswer =
  | { readonly kind: 'run'; readonly run: ChatRun }
  /** On disk; its answer is to be asked for. */
  | { readonly kind: 'kept'; readonly shown: ShownItem };

const RETRY_SECONDS = 60;
/** What a link that has just broken looks like from a model client. */
const BROKEN: ReadonlySet<ErrorCode> = new Set(['upstream_failed', 'upstream_timeout', 'site_offline']);

/**
 * A chat request on a site: answered, or, where its model is at the centre and the link is down, kept for later if its caller can wait for it and
 * refused as retryable if not.
 */
export function createSiteChat(options: SiteChatOptions): (call: SiteCall) => Promise<SiteAnswer> {
  const { gateway, identify, router, outbox, link, policy } = options;

  const offline = async (call: SiteCall): Promise<SiteAnswer> => {
    const identity = await identify(call.authorization);
    if (!call.respondAsync || policy.heavyRequests === 'refuse') throw siteOffline(policy);
    return { kind: 'kept', shown: await outbox.keep({ ...call, identity }) };
  };

  return async (call) => {
    if (!link.up && isHeavy(call.body, router)) return offline(call);
    try {
      return { kind: 'run', run: await gateway(call) };
    } catch (error) {
      const broken = BROKEN.has(PlatformError.from(error).code) && !call.controller.signal.aborted;
      if (!broken || !(call.respondAsync || !link.up) || !isHeavy(call.body, router)) throw error;
      return offline(call);
    }
  };
}

/** Whether the model that a body names is elsewhere. What is no request is the gateway's to refuse. */
function isHeavy(body: Uint8Array, router: Pick<Router, 'resolve'>): boolean {
  try {
    const { model } = JSON.parse(Buffer.from(body).toString('utf8')) as { model?: unknown };
    return typeof model === 'string' && !keepsData(router.resolve(model).model);
  } catch {
    return false;
  }
}

function siteOffline({ heavyRequests }: Pick<OfflinePolicy, 'heavyRequests'>): PlatformError {
  const later = heavyRequests === 'wait' ? ', or send "Prefer: respond-async" to have the answer kept for you' : '';
  return new PlatformError(
    'site_offline',
    `This model is at the centre, which the site does not use now: its link is down, or its bundle is stale (GET /v1/site tells). Use a model of the site, retry later${later}.`,
    { retryAfterSeconds: RETRY_SECONDS },
  );
}
