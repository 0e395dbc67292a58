/** Text of documents and models for a terminal: without the control characters by which it could move the cursor or rewrite what was shown. */
export function printable(text: string): string {
  // C0 but tab and newline, DEL, C1, and the marks that turn the direction of text around.
  // eslint-disable-next-line no-control-regex
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '');
}
