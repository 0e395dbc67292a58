import type { BedrockRuntimeClient, GuardrailAssessment } from '@aws-sdk/client-bedrock-runtime';
import { CallLife } from '../call-life.ts';
import { fromBedrockError } from './errors.ts';
import { loadSdk } from './load-sdk.ts';

export interface ApplyGuardrailOptions {
  readonly client: BedrockRuntimeClient;
  readonly guardrail: { readonly id: string; readonly version: string };
  readonly source: 'INPUT' | 'OUTPUT';
  readonly text: string;
  readonly signal: AbortSignal;
  /** In milliseconds. @default 10_000 */
  readonly timeoutMs?: number;
}

/** What one detector of the guardrail found; `detector` is a policy and a name (`pii:EMAIL`, `topic:Legal advice`), never the text. */
export interface GuardrailFinding {
  readonly detector: string;
  readonly action: 'redacted' | 'blocked';
  readonly count: number;
}

export interface GuardrailVerdict {
  readonly action: 'none' | 'redacted' | 'blocked';
  /** The text to go on with: as given, with values masked, or the guardrail's own message. */
  readonly text: string;
  readonly findings: readonly GuardrailFinding[];
}

/** Asks a Bedrock guardrail about a text without calling a model. Rejects with a PlatformError: whoever asks decides whether to go on. */
export async function applyGuardrail(options: ApplyGuardrailOptions): Promise<GuardrailVerdict> {
  const timeout = options.timeoutMs ?? 10_000;
  const life = new CallLife('Bedrock', { firstByteTimeoutMs: timeout, idleTimeoutMs: timeout }, options.signal);
  try {
    const { ApplyGuardrailCommand } = await loadSdk();
    const command = new ApplyGuardrailCommand({
      guardrailIdentifier: options.guardrail.id,
      guardrailVersion: options.guardrail.version,
      source: options.source,
      content: [{ text: { text: options.text } }],
    });
    const answer = await life.wait(options.client.send(command, { abortSignal: life.signal }));
    life.complete();
    if (answer.action !== 'GUARDRAIL_INTERVENED') return { action: 'none', text: options.text, findings: [] };

    const findings = (answer.assessments ?? []).reduce(tally, new Map<string, GuardrailFinding>());
    const all = [...findings.values()];
    // An intervention that names no detector is taken as the strongest one.
    const masked = all.length > 0 && all.every((finding) => finding.action === 'redacted');
    const text = (answer.outputs ?? []).map((output) => output.text ?? '').join('');
    return { action: masked ? 'redacted' : 'blocked', text, findings: all };
  } catch (error) {
    throw fromBedrockError(error);
  } finally {
    life.close();
  }
}

function tally(
  findings: Map<string, GuardrailFinding>,
  assessment: GuardrailAssessment,
): Map<string, GuardrailFinding> {
  for (const [detector, action] of detections(assessment)) {
    if (action !== 'BLOCKED' && action !== 'ANONYMIZED') continue;
    const verdict = action === 'BLOCKED' ? 'blocked' : 'redacted';
    const key = `${verdict} ${detector}`;
    findings.set(key, { detector, action: verdict, count: (findings.get(key)?.count ?? 0) + 1 });
  }
  return findings;
}

/** Every detection of an assessment as its name and what was done. Custom words and matches are the text itself, so they have no name. */
function* detections(assessment: GuardrailAssessment): Generator<readonly [string, string | undefined]> {
  for (const topic of assessment.topicPolicy?.topics ?? []) yield [`topic:${topic.name}`, topic.action];
  for (const filter of assessment.contentPolicy?.filters ?? []) yield [`content:${filter.type}`, filter.action];
  for (const word of assessment.wordPolicy?.customWords ?? []) yield ['word:custom', word.action];
  for (const word of assessment.wordPolicy?.managedWordLists ?? []) yield [`word:${word.type}`, word.action];
  const sensitive = assessment.sensitiveInformationPolicy;
  for (const entity of sensitive?.piiEntities ?? []) yield [`pii:${entity.type}`, entity.action];
  for (const regex of sensitive?.regexes ?? []) yield [`regex:${regex.name}`, regex.action];
  for (const filter of assessment.contextualGroundingPolicy?.filters ?? [])
    yield [`grounding:${filter.type}`, filter.action];
}
