import { prices, unknownPrice, type TokenPrices } from '@plinth/sizing';
import { always, type Charge, type Estimator } from '../estimator.ts';
import { TOKEN_CHARACTERS } from '../per-request.ts';
import { listAt, numberAt } from '../read.ts';
import type { StackModel } from '../stack-models.ts';
import type { Usage } from '../usage.ts';

const MILLION = 1e6;

/** Tokens are billed through the profile they are asked for by. */
export const inferenceProfile: Estimator = {
  types: ['aws:bedrock/inferenceProfile:InferenceProfile'],
  charges: ({ urn }, { models }) => {
    const model = models.all.find((each) => each.urn === urn);
    if (model === undefined) return [];
    const { prices: known, modelId = 'a model not yet known' } = model;
    if (known === undefined) {
      const price = unknownPrice('bedrock', '1M tokens', `no price data for exactly ${modelId}`);
      return [{ what: `Tokens of ${modelId}`, price, quantity: (use) => tokens(use, model, models.dearest === model) }];
    }
    return tokenCharges(model, known, models.dearest === model);
  },
};

function tokenCharges(model: StackModel, known: TokenPrices, dearest: boolean): Charge[] {
  const note = dearest ? 'worst case: all tokens there may be, completions first, go here' : undefined;
  const share = (use: Usage) => shareOf(use, model, dearest);
  const cached = (use: Usage) => (known.cachedInput === undefined ? 0 : use.cachedPromptShare);
  const prompt = (use: Usage) => share(use) * use.promptTokens;
  return [
    {
      what: 'Prompt tokens',
      price: known.input,
      quantity: (use) => (prompt(use) * (1 - cached(use))) / MILLION,
      note,
    },
    ...(known.cachedInput === undefined
      ? []
      : [
          {
            what: 'Prompt tokens from the cache',
            price: known.cachedInput,
            quantity: (use: Usage) => (prompt(use) * cached(use)) / MILLION,
          },
        ]),
    {
      what: 'Completion tokens',
      price: known.output,
      quantity: (use) => (share(use) * use.completionTokens) / MILLION,
      note,
    },
  ];
}

/** At worst, the dearest model takes all tokens there may be, as far as the tenants' money goes. */
function shareOf(use: Usage, { prices: known, share }: StackModel, dearest: boolean): number {
  if (use.case !== 'worst') return share;
  if (!dearest) return 0;
  if (known === undefined) return 1;
  const usd = (use.promptTokens * known.input.usd + use.completionTokens * known.output.usd) / MILLION;
  return usd > use.modelSpendUsd ? use.modelSpendUsd / usd : 1;
}

function tokens(use: Usage, model: StackModel, dearest: boolean): number {
  return (shareOf(use, model, dearest) * (use.promptTokens + use.completionTokens)) / MILLION;
}

/** Reads every prompt and every answer, once for each policy it has. */
export const guardrail: Estimator = {
  types: ['aws:bedrock/guardrail:Guardrail'],
  charges: ({ props }) => {
    const units = ({ promptTokens, completionTokens }: Usage) =>
      ((promptTokens + completionTokens) * TOKEN_CHARACTERS) / 1000 / 1000;
    const { contentFilters, deniedTopics, personalData, grounding } = prices.guardrailPolicies;
    const policies = [
      ['Content filters', 'contentPolicyConfig.filtersConfigs', contentFilters],
      ['Denied topics', 'topicPolicyConfig.topicsConfigs', deniedTopics],
      ['Personal data', 'sensitiveInformationPolicyConfig.piiEntitiesConfigs', personalData],
      ['Grounding', 'contextualGroundingPolicyConfig.filtersConfigs', grounding],
    ] as const;
    return policies
      .filter(([, path]) => listAt(props, path).length > 0)
      .map(([what, , price]) => ({ what, price, quantity: units }));
  },
};

export const provisionedThroughput: Estimator = {
  types: ['aws:bedrock/provisionedModelThroughput:ProvisionedModelThroughput'],
  charges: ({ props }) => [
    {
      what: 'Provisioned throughput',
      price: prices.provisionedThroughput,
      quantity: always((numberAt(props, 'modelUnits') ?? 1) * 730),
    },
  ],
};

export const customModel: Estimator = {
  types: ['aws:bedrock/customModel:CustomModel'],
  charges: () => [{ what: 'Training of the model', price: prices.customModelJob, quantity: always(1) }],
};
