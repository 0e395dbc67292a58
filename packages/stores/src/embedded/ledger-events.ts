/** What happened to reservation `n`, as it stands in the journal; the length tells them apart. */
export type MadeEvent = readonly [
  n: number,
  tenant: string,
  /** '' for none. */
  keyId: string,
  id: string,
  reservedAt: number,
  expiresAt: number,
  inputTokens: number,
  outputTokens: number,
  nanoUsd: number,
  standing?: 1,
];
export type SettledEvent = readonly [n: number, inputTokens: number, outputTokens: number, nanoUsd: number];
/** What a standing reservation was brought down to. */
export type LoweredEvent = readonly [n: number, inputTokens: number, outputTokens: number, nanoUsd: number, lowered: 1];
export type RenewedEvent = readonly [n: number, expiresAt: number];
/** Past its expiry, charged in full, and handed to a sweep. */
export type SweptEvent = readonly [n: number];

export type LedgerEvent = MadeEvent | SettledEvent | LoweredEvent | RenewedEvent | SweptEvent;

export const isMade = (event: LedgerEvent): event is MadeEvent => event.length >= 9;
export const isSettled = (event: LedgerEvent): event is SettledEvent => event.length === 4;
export const isLowered = (event: LedgerEvent): event is LoweredEvent => event.length === 5;
export const isRenewed = (event: LedgerEvent): event is RenewedEvent => event.length === 2;
export const isSwept = (event: LedgerEvent): event is SweptEvent => event.length === 1;
