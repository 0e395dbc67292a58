import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';
import type { LinkSwitchMode } from '@plinth/contracts';
import { listRoutes } from '../../api/routes.ts';
import type { RoutedModel } from '../../api/routes.ts';
import { listItems, waits } from '../../api/sites/async-items.ts';
import { readLink, turnLink } from '../../api/sites/link.ts';
import { readSite, SITE_MOUNTS } from '../../api/sites/site.ts';
import type { Site } from '../../api/sites/site.ts';
import type { Endpoint } from '../../api/endpoint.ts';
import type { Problem } from '../../api/problem.ts';
import { attempt, IDLE, LOADING, problemOf } from '../attempt.ts';
import type { Loaded } from '../attempt.ts';
import { forgetWithKey } from '../forget-with-key.ts';
import { startPolling } from '../polling.ts';
import type { Polling, Seen, Watch } from '../polling.ts';
import { createOutbox } from './outbox.ts';
import type { OutboxState } from './outbox.ts';
import { createQuestions } from './questions.ts';
import type { QuestionsState } from './questions.ts';

export interface SitesParts {
  endpoint: Endpoint;
  watch: Watch;
  /** Undefined while nobody is signed in. */
  key: ReadonlySignal<string | undefined>;
}

/** Everything the sites mode shows and does, without the page. */
export interface Sites {
  /** Ready with none at all where there is no site. */
  readonly site: ReadonlySignal<Loaded<Site | undefined>>;
  /** Why the last look failed, while the page shows what was seen before. */
  readonly stale: ReadonlySignal<Problem | undefined>;
  readonly outbox: OutboxState;
  readonly questions: QuestionsState;
  /** Models with several places. */
  readonly routes: ReadonlySignal<readonly RoutedModel[]>;
  /** What the link was set to by hand; undefined where it cannot be. */
  readonly link: ReadonlySignal<LinkSwitchMode | undefined>;
  readonly turning: ReadonlySignal<boolean>;
  /** Why the link was not turned. */
  readonly linkProblem: ReadonlySignal<Problem | undefined>;
  readonly now: () => number;
  /** Looks again and again; returns what stops it. */
  watch(): () => void;
  refresh(): void;
  turn(mode: LinkSwitchMode): Promise<void>;
  /** Reads the answer of an item of the outbox. */
  readAnswer(id: string): Promise<void>;
}

/** Items of the outbox that are shown. */
const SHOWN = 20;

export function createSites({ endpoint, watch, key }: SitesParts): Sites {
  const site = signal<Loaded<Site | undefined>>(IDLE);
  const stale = signal<Problem | undefined>(undefined);
  const routes = signal<readonly RoutedModel[]>([]);
  const link = signal<LinkSwitchMode | undefined>(undefined);
  const turning = signal(false);
  const linkProblem = signal<Problem | undefined>(undefined);
  const outbox = createOutbox();
  const questions = createQuestions({
    site: () => (at === undefined || key.value === undefined ? undefined : { at, key: key.value }),
    onKept(item) {
      outbox.add(item);
      polling?.soon();
    },
  });
  /** Where the site is, once it was found. */
  let at: Endpoint | undefined;
  let polling: Polling | undefined;
  let turns = 0;

  async function find(held: string, stop: AbortSignal): Promise<Site | undefined> {
    for (const mount of SITE_MOUNTS) {
      const there = { ...endpoint, baseUrl: `${endpoint.baseUrl}${mount}` };
      const found = await readSite(there, held, stop);
      if (found === undefined) continue;
      at = there;
      return found;
    }
    return undefined;
  }

  async function look(stop: AbortSignal): Promise<Seen> {
    const held = key.value;
    if (held === undefined) return 'over';
    if (site.value.status !== 'ready') site.value = LOADING;
    const before = whatIsShown();
    const found = await attempt(() => find(held, stop));
    if (stop.aborted || key.value !== held) return 'over';
    if (found.status === 'failed') return failed(found.problem);
    stale.value = undefined;
    site.value = found;
    if (found.status !== 'ready' || found.value === undefined || at === undefined) return 'over';
    await lookBeside(found.value, held, at, stop);
    return isUnsettled(found.value) || whatIsShown() !== before ? 'changed' : 'same';
  }

  /** What else there is to see. What cannot be had leaves what was seen before, and is told. */
  async function lookBeside({ mode }: Site, held: string, there: Endpoint, stop: AbortSignal): Promise<void> {
    const asked = turns;
    const looks = [
      async () => {
        const seen = await readLink(there, held, stop);
        if (!stop.aborted && asked === turns) link.value = seen;
      },
      async () => {
        const seen = await listRoutes(endpoint, held, stop);
        if (!stop.aborted) routes.value = seen;
      },
      // A site that is stopped says nothing of it.
      ...(mode === 'stopped' ? [] : [() => lookAtOutbox(held, there, stop)]),
    ];
    const results = await Promise.all(looks.map((each) => attempt(each)));
    if (stop.aborted) return;
    stale.value = results.flatMap((result) => (result.status === 'failed' ? [result.problem] : []))[0];
  }

  async function lookAtOutbox(held: string, there: Endpoint, stop: AbortSignal): Promise<void> {
    const seen = await listItems(there, held, { limit: SHOWN, signal: stop });
    if (stop.aborted) return;
    outbox.saw(seen);
    const own = questions.asked.value.flatMap(({ state }) => (state.kind === 'kept' ? [state.id] : []));
    await Promise.all(own.map((id) => outbox.read(there, held, id, stop)));
  }

  function failed(problem: Problem): Seen {
    const passes = problem.remedy === 'retry';
    if (site.value.status === 'ready' && site.value.value !== undefined && passes) stale.value = problem;
    else site.value = { status: 'failed', problem };
    return passes ? 'failed' : 'over';
  }

  /** Whether something is about to happen: then it is looked at often. */
  function isUnsettled({ link: { online }, staging, bundle }: Site): boolean {
    const turned = link.value !== undefined && (link.value !== 'down') !== online;
    return turned || staging !== undefined || bundle?.proven === false || (online && outbox.items.value.some(waits));
  }

  function whatIsShown(): string {
    if (site.value.status !== 'ready' || site.value.value === undefined) return '';
    const { outbox: _outbox, bundle, ...rest } = site.value.value;
    const lasting = { ...bundle, unconfirmedMs: 0 };
    return JSON.stringify([rest, lasting, link.value, outbox.items.value, routes.value]);
  }

  function clear(): void {
    at = undefined;
    site.value = IDLE;
    stale.value = undefined;
    routes.value = [];
    link.value = undefined;
    linkProblem.value = undefined;
    outbox.clear();
    questions.clear();
  }
  forgetWithKey(key, clear);

  return {
    site,
    stale,
    outbox,
    questions,
    routes,
    link,
    turning,
    linkProblem,
    now: endpoint.now,
    watch() {
      const mine = startPolling(look, watch);
      polling = mine;
      return () => mine.stop();
    },
    refresh: () => polling?.soon(),
    async turn(mode) {
      const held = key.value;
      if (held === undefined || at === undefined || turning.value) return;
      turning.value = true;
      turns += 1;
      linkProblem.value = undefined;
      try {
        const turned = await turnLink(at, held, mode);
        if (key.value === held) link.value = turned;
      } catch (error) {
        if (key.value === held) linkProblem.value = problemOf(error);
      }
      turning.value = false;
      polling?.soon();
    },
    async readAnswer(id) {
      if (at !== undefined && key.value !== undefined)
        await outbox.read(at, key.value, id, AbortSignal.timeout(15_000));
    },
  };
}
