/**
 * In the text a plan knows around an unknown, each unknown part is written `«type:name.property»`,
 * for example `«inferenceProfile:chat.arn»`.
 */
export interface Placeholder {
  /** Last part of the type token with a small first letter, `inferenceProfile`. */
  readonly type: string;
  readonly name: string;
  readonly property: string;
}

const ONE = /«([^:»]*):([^»]*)\.([^.»]*)»/;

export function placeholderText({ type, name, property }: Placeholder): string {
  return `«${type}:${name}.${property}»`;
}

export function hasPlaceholder(text: string): boolean {
  return ONE.test(text);
}

/** The placeholder when the text is one and nothing else. */
export function solePlaceholder(text: string): Placeholder | undefined {
  const match = new RegExp(`^${ONE.source}$`).exec(text);
  return match === null ? undefined : { type: match[1] ?? '', name: match[2] ?? '', property: match[3] ?? '' };
}
