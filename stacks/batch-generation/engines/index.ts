import { StackError, type Foundation } from '@plinth/infra';
import type * as pulumi from '@pulumi/pulumi';
import type { BatchGenerationConfig } from '../config.ts';
import { groundFor, hostedModel, ownModelOf } from '../hosting.ts';
import type { Places } from '../places.ts';
import { asyncEndpoint, asyncEngine } from './async.ts';
import { bedrockEngine } from './bedrock.ts';
import type { EnginePart } from './engine-part.ts';
import { spotEngine, type SpotParts } from './spot.ts';
import { transformEngine } from './transform.ts';

/** Builds the engines that are on, and the ground under those that run machines. */
export function engineParts(
  config: BatchGenerationConfig,
  parts: Pick<SpotParts, 'audit' | 'guardrail'> & { readonly places: Places; readonly foundation: Foundation },
  opts: pulumi.ComponentResourceOptions,
) {
  const { places, foundation } = parts;
  const { engines } = config;
  const own = machines(config, places, opts);
  const bedrock = engines.bedrock && bedrockEngine(engines.bedrock, config, places, opts);
  const transform =
    engines.transform && own && transformEngine(engines.transform, config, { places, model: own.hosted() }, opts);
  const endpoint =
    engines.async &&
    own &&
    asyncEndpoint(
      engines.async,
      config,
      { places, model: own.hosted(), alertTopicArn: foundation.alertTopicArn },
      opts,
    );
  const spot =
    engines.spot && own && spotEngine(engines.spot, config, { ...parts, model: own.model, ...own.ground }, opts);
  return {
    bedrock: bedrock?.role,
    endpoint,
    spot,
    /** Every engine's part of the workflow; one of them calls the function that does the steps. */
    all: (stepsArn: pulumi.Output<string>): readonly EnginePart[] =>
      [
        bedrock?.part,
        transform,
        engines.async === undefined ? undefined : asyncEngine(engines.async, stepsArn),
        spot?.part,
      ].filter((part) => part !== undefined),
  };
}

/** Our own model and the ground for its machines. `config.ts` holds that the two come together, with an engine that needs them. */
function machines(config: BatchGenerationConfig, places: Places, opts: pulumi.ComponentResourceOptions) {
  const model = ownModelOf(config);
  if (config.network === undefined) return undefined;
  if (model === undefined) throw new StackError('Engines that run machines need a model of your own weights.');
  const ground = groundFor(config.network, config, places, opts);
  let made: ReturnType<typeof hostedModel> | undefined;
  return {
    model,
    ground,
    // Two engines may share it, and none may need it.
    hosted: () => (made ??= hostedModel(model, places, ground, opts)),
  };
}
