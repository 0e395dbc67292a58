import { Budget, PlatformStack, placementIn, readFoundation, readStackConfig } from '@plinth/infra';
import { PublicChatConfig } from './config.ts';
import { directCalls } from './front.ts';
import { furtherLanding, homeLanding } from './landing.ts';
import { regionalChat, underOneName } from './regional.ts';
import { sharedParts } from './shared.ts';

const config = readStackConfig(PublicChatConfig);
const placement = placementIn(config.region);
const foundation = await readFoundation(config.foundation);
const stack = new PlatformStack('public-chat', config.tags);
const home = homeLanding(placement, foundation, { parent: stack });
const abroad = await Promise.all(config.regions.map((region) => furtherLanding(region, home, config.foundation)));

// 1. Who may use how much, and what is remembered of it: once, wherever a request lands.
const shared = sharedParts(config, home);

// 2. The path of a request, from the wall to the model and to who watches: in each Region.
const here = regionalChat(config, home, shared);
const further = abroad.map((landing) => regionalChat(config, landing, shared, here.plan.keys));
const everywhere = [here, ...further];

// 3. One name in front of them all: Route 53 sends each caller to the nearest Region that is well.
const { domain } = config;
const names = domain === undefined ? [] : everywhere.map((region) => underOneName(domain, region));

// 4. The second way in: a signed-in browser calls the model itself, through the same profiles and guardrail.
const direct = config.people.directModelCalls ? directCalls(shared, here) : undefined;

// 5. What all of it may cost.
new Budget(
  'public-chat',
  { monthlyUsd: config.monthlyBudgetUsd, topicArn: home.alertTopicArn, stack: 'public-chat' },
  home.opts,
);

/** Where clients call: the common name where there is one. */
export const apiUrl = names[0]?.url ?? here.api.url;
/** Each Region's own address, for tests and for looking at one Region alone. */
export const apiUrls = Object.fromEntries(everywhere.map(({ landing, api }) => [landing.placement.region, api.url]));
export const applicationKeys = here.plan.keys;
export const userPoolId = shared.people.userPoolId;
export const userPoolClientId = shared.people.clientId;
export const identityPoolId = direct?.identityPoolId ?? null;
export const dashboardUrl = here.dashboard.url;
export const ledgerTable = shared.ledger.tableName;
export const recordsTable = shared.records.tableName;
export const auditTable = shared.audit.tableName;
export const guardrailId = here.guardrail.guardrailId;
export const guardrailVersion = here.guardrail.version;
