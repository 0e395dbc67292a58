/** How long a copy button says what it did, milliseconds. */
const SAID_MS = 1_600;

/** One listener for every copy button in rendered Markdown: those buttons are HTML, not components. */
export function copyCodeOnClick(event: Event): void {
  const button = event.target instanceof Element ? event.target.closest('button[data-copy]') : null;
  const code = button?.closest('figure')?.querySelector('code')?.textContent;
  if (button === null || code === undefined || code === null) return;
  void copy(code.replace(/\n$/, '')).then((worked) => {
    button.textContent = worked ? 'Copied' : 'Select and copy by hand';
    setTimeout(() => {
      button.textContent = 'Copy';
    }, SAID_MS);
  });
}

/** False where the browser does not let a page write to the clipboard, as on plain HTTP away from localhost. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch (error) {
    console.warn('The clipboard is not open to this page.', error);
    return false;
  }
}
