import type { Signal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { ComponentChildren } from 'preact';
import { SendIcon, StopIcon } from './icons.tsx';

interface MessageFieldProps {
  id: string;
  label: string;
  placeholder: string;
  draft: Signal<string>;
  /** An answer is on its way: the button stops it. */
  busy: boolean;
  /** There is nobody to ask. */
  disabled: boolean;
  onSend: () => void;
  onStop: () => void;
  /** Stands under the field, to the right. */
  children?: ComponentChildren;
}

/** Where a question is written: Enter sends, Shift + Enter starts a new line. */
export function MessageField({
  id,
  label,
  placeholder,
  draft,
  busy,
  disabled,
  onSend,
  onStop,
  children,
}: MessageFieldProps) {
  const box = useRef<HTMLTextAreaElement>(null);
  const text = draft.value;

  useEffect(() => box.current?.focus(), []);
  useLayoutEffect(() => {
    if (box.current !== null) fitHeight(box.current);
  }, [text]);

  function send(): void {
    onSend();
    box.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent): void {
    // Enter also confirms a word in an input method; it must not send then.
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  }

  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div class="field">
        <label class="unseen" for={id}>
          {label}
        </label>
        <textarea
          id={id}
          ref={box}
          rows={1}
          placeholder={placeholder}
          value={text}
          aria-describedby={`${id}-help`}
          onInput={(event) => {
            draft.value = event.currentTarget.value;
          }}
          onKeyDown={onKeyDown}
        />
        {busy ? (
          <button
            type="button"
            class="send stop"
            aria-label="Stop the answer"
            title="Stop (Esc)"
            onClick={() => {
              onStop();
              box.current?.focus();
            }}
          >
            <StopIcon />
          </button>
        ) : (
          <button
            type="submit"
            class="send"
            aria-label="Send"
            title="Send (Enter)"
            disabled={text.trim() === '' || disabled}
          >
            <SendIcon />
          </button>
        )}
      </div>
      <div class="under">
        <span id={`${id}-help`} class="hint">
          {busy ? 'Esc stops the answer' : 'Enter sends, Shift + Enter starts a new line'}
        </span>
        {children}
      </div>
    </form>
  );
}

/** Grows with its text up to the limit the style sheet sets. */
function fitHeight(box: HTMLTextAreaElement): void {
  box.style.height = 'auto';
  box.style.height = `${box.scrollHeight}px`;
}
