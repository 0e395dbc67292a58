import * as z from 'zod';
import { PlatformError } from '@plinth/contracts';
import { check } from '../http/read-json.ts';
import type { AnswerEnd, PromptlessRequest } from './answer.ts';
import type { GuardablePrompt } from './guardrail/guard-prompt.ts';
import { llamaBody } from './native-llama.ts';
import { openAIBody } from './native-openai.ts';

/** A native request, understood, and how to answer it in the same model family's words. */
export interface NativeRequest {
  prompt: GuardablePrompt;
  generation: PromptlessRequest;
  /** The whole answer. */
  whole(text: string, end: AnswerEnd): Record<string, unknown>;
  /** One chunk of a streamed answer. */
  piece(text: string): Record<string, unknown>;
  /** The last chunk of a streamed answer. */
  last(end: AnswerEnd): Record<string, unknown>;
}

/** A model family's own request body. To add a family, write one of these and put it in the list below. */
export interface NativeBody {
  /** The field that tells this family's bodies from the others'. */
  field: string;
  read(body: unknown): NativeRequest;
}

const FAMILIES: readonly NativeBody[] = [llamaBody, openAIBody];

/** Reads the body of InvokeModel, in whichever family's shape it is. */
export function readNativeBody(body: unknown): NativeRequest {
  const fields = check(z.record(z.string(), z.unknown()), body);
  const family = FAMILIES.find(({ field }) => field in fields);
  if (family) return family.read(fields);
  const known = FAMILIES.map(({ field }) => field).join(' or ');
  throw new PlatformError('invalid_request', `Malformed input request: required key [${known}] not found.`);
}
