/** Whether anybody can see the page. */
export interface Visibility {
  hidden(): boolean;
  /** Returns what stops the listening. */
  onChange(listener: () => void): () => void;
}

export const browserVisibility: Visibility = {
  hidden: () => document.hidden,
  onChange(listener) {
    document.addEventListener('visibilitychange', listener);
    return () => document.removeEventListener('visibilitychange', listener);
  },
};
