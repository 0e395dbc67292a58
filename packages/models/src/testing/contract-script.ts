import type { FinishReason, ModelFeature } from '@plinth/contracts';
import type { ModelClient, ModelUsage } from '../model-client.ts';
import type { WireAnswer, WireServer } from './wire-server.ts';

/** What a scripted model says, in no protocol's words. */
export interface ContractScript {
  readonly text?: Iterable<string>;
  readonly toolCalls?: readonly { readonly id: string; readonly name: string; readonly arguments: readonly string[] }[];
  /** @default 'stop' */
  readonly reason?: FinishReason;
  /** Absent: not reported. */
  readonly usage?: ModelUsage;
  /**
   * How the stream goes on after the text: as it should; silence; a dead socket; a clean end without the protocol's last words; an error of
   * the protocol's own. @default 'complete'
   */
  readonly ending?: 'complete' | 'hang' | 'cut' | 'early-end' | 'error';
}

/** Ways a server says no before it answers. */
export type RefusalKind =
  'throttled' | 'overloaded' | 'too-long' | 'invalid' | 'denied' | 'unknown-model' | 'failed' | 'garbage';

/** The adapter's own bounds on silence, which the suite makes short. */
export interface ContractLimits {
  readonly firstByteTimeoutMs?: number;
  readonly answerTimeoutMs?: number;
  readonly idleTimeoutMs?: number;
}

/** One adapter and the server side of its protocol, for the contract suite. */
export interface ContractHarness {
  readonly name: string;
  /** The features the adapter can have at most. */
  readonly features: readonly ModelFeature[];
  connect(server: WireServer, limits?: ContractLimits): ModelClient;
  /** The script in the protocol's bytes, one chunk a frame. */
  encode(script: ContractScript, isStream: boolean): WireAnswer;
  refuse(kind: RefusalKind): WireAnswer;
}
