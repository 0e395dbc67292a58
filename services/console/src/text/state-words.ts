export type Tone = 'waiting' | 'live' | 'good' | 'mixed' | 'bad' | 'over';

/** What something is at: words, a sign and a tone, so that colour is never all that tells. */
export interface StateWords {
  words: string;
  mark: string;
  tone: Tone;
}
