interface ShareBarProps {
  /** 0 to 1. */
  share: number;
  /** What a screen reader calls it; without one it is decoration beside words. */
  label?: string;
  text?: string;
  tone?: 'first' | 'second';
}

/** A small horizontal bar. Its width is set through the object model, which the page's policy allows. */
export function ShareBar({ share, label, text, tone = 'first' }: ShareBarProps) {
  const width = `${Math.round(Math.min(1, Math.max(0, share)) * 1_000) / 10}%`;
  const meaning =
    label === undefined
      ? { 'aria-hidden': true as const }
      : {
          role: 'meter' as const,
          'aria-label': label,
          'aria-valuemin': 0,
          'aria-valuemax': 1,
          'aria-valuenow': share,
          'aria-valuetext': text,
        };
  return (
    <span class={`bar-track ${tone}`} {...meaning}>
      <span class="bar-fill" style={{ width }} />
    </span>
  );
}
