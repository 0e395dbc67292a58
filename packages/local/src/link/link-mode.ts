/** What a link does to what goes over it. */
export type LinkMode =
  | { readonly kind: 'open' }
  /** Connections break at once, and new ones with them. */
  | { readonly kind: 'cut' }
  /** Nothing arrives on either side, and nobody is told. */
  | { readonly kind: 'drop' }
  /** What is sent arrives; the answers do not. */
  | { readonly kind: 'half-open' }
  | { readonly kind: 'delay'; readonly ms: number }
  /** Breaks each connection after so many bytes of its answers. */
  | { readonly kind: 'reset'; readonly afterBytes: number }
  /** One byte at a time. */
  | { readonly kind: 'dribble' };
