import { PlatformError } from '@plinth/contracts';
import { DEFAULT_GUARDRAIL, type GuardrailDefinition } from './guardrail-config.ts';

const GUARDRAIL_ARN = /^arn:aws[a-z-]*:bedrock:[a-z0-9-]+:\d+:guardrail\/([a-z0-9]+)$/;

/** The guardrails this server has. */
export class GuardrailDirectory {
  readonly #guardrails: ReadonlyMap<string, GuardrailDefinition>;

  constructor(guardrails: readonly GuardrailDefinition[] = [DEFAULT_GUARDRAIL]) {
    this.#guardrails = new Map(guardrails.map((guardrail) => [guardrail.id, guardrail]));
  }

  /** By id or ARN, and version. Throws `not_found` (ResourceNotFoundException). */
  find(identifier: string, version: string): GuardrailDefinition {
    const guardrail = this.#guardrails.get(GUARDRAIL_ARN.exec(identifier)?.[1] ?? identifier);
    if (guardrail && (version === 'DRAFT' || version === guardrail.version)) return guardrail;
    throw new PlatformError('not_found', 'The guardrail identifier or version provided in the request does not exist.');
  }
}
