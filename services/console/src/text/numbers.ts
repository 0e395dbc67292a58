const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A count with thousands set apart: 1,234. */
export function formatCount(count: number): string {
  return WHOLE.format(count);
}

/** A count with its noun: "1 token", "1,234 tokens". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** Short form for limits: 8192 → "8k", 131072 → "131k", 1000000 → "1M". */
export function formatShort(count: number): string {
  if (count < 1_000) return String(count);
  if (count < 1_000_000) return `${Math.floor(count / 1_000)}k`;
  return `${Math.floor(count / 100_000) / 10}M`;
}

/**
 * US dollars, exact enough to compare answers that cost a thousandth of a cent: two decimals from a dollar, four from a cent, below that two
 * significant digits and never an exponent.
 */
export function formatUsd(dollars: number): string {
  if (!Number.isFinite(dollars) || dollars < 0) return '—';
  if (dollars === 0) return '$0';
  if (dollars >= 0.9999_5)
    return `$${dollars.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
  if (dollars >= 0.01) return `$${dollars.toFixed(4)}`;
  if (dollars < 1e-9) return 'under $0.000000001';
  const decimals = Math.min(10, 1 - Math.floor(Math.log10(dollars)));
  return `$${dollars.toFixed(decimals).replace(/0+$/, '')}`;
}

/** A wait: "84 ms", "1.2 s", "14 s", "2 min 5 s". */
export function formatDuration(milliseconds: number): string {
  const shown = Math.max(0, milliseconds);
  if (shown < 999.5) return `${Math.round(shown)} ms`;
  if (shown < 9_950) return `${(shown / 1000).toFixed(1)} s`;
  const seconds = Math.round(shown / 1000);
  if (seconds < 60) return `${seconds} s`;
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** What is left of a wait, in whole seconds rounded up, so that "0 s" never shows while one must still wait. */
export function formatRemaining(milliseconds: number): string {
  const seconds = Math.max(1, Math.ceil(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return seconds < 600 ? formatDuration(seconds * 1000) : `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** A stretch of time: "40 s", "12 min", "3 h 5 min", "2 d 4 h". */
export function spanWords(milliseconds: number): string {
  if (milliseconds < DAY_MS) return formatRemaining(milliseconds);
  const hours = Math.round(milliseconds / HOUR_MS);
  return hours % 24 === 0 ? `${hours / 24} d` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
