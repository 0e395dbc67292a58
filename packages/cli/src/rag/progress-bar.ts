/** Where a bar is drawn: standard error, so that results can be piped. */
export interface BarTarget {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const WIDTH = 24;

/** A bar that is redrawn in place on a terminal, and nothing elsewhere. */
export class ProgressBar {
  #drawn = '';

  constructor(
    private readonly label: string,
    private readonly target: BarTarget,
  ) {}

  /** @param note Put behind it. */
  draw(done: number, total: number, note = ''): void {
    if (this.target.isTTY !== true) return;
    const share = total === 0 ? 1 : Math.min(1, done / total);
    const full = Math.round(share * WIDTH);
    const line = `${this.label} ${'█'.repeat(full)}${'░'.repeat(WIDTH - full)} ${done}/${total}${note === '' ? '' : `  ${note}`}`;
    const cut = line.slice(0, (this.target.columns ?? 80) - 1);
    if (cut === this.#drawn) return;
    this.#drawn = cut;
    this.target.write(`\r\u001B[2K${cut}`);
  }

  clear(): void {
    if (this.target.isTTY === true && this.#drawn !== '') this.target.write('\r\u001B[2K');
    this.#drawn = '';
  }
}
