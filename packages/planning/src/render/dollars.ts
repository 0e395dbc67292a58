/** `$7,762`, `$15.80`, `$0.02`, `$0`: as many digits as a reader needs. */
export function dollars(usd: number): string {
  if (usd === 0) return '$0';
  if (usd < 0.01) return '<$0.01';
  const digits = usd < 100 ? 2 : 0;
  return `$${usd.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

/** A unit price in full: `$1.10`, `$0.000025`. */
export function unitDollars(usd: number): string {
  return `$${usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 10 })}`;
}

/** A quantity with three digits that count. */
export function amount(quantity: number): string {
  if (quantity === 0) return '0';
  if (quantity < 0.001) return '<0.001';
  return quantity.toLocaleString(
    'en-US',
    quantity < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 },
  );
}
