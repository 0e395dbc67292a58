import { useLayoutEffect, useRef, useState } from 'preact/hooks';

interface Props {
  busy: boolean;
  onCancel: () => void;
}

/** Cancels only when it is confirmed. The focus goes where the choice is, and back; Escape lets the batch run. */
export function CancelButton({ busy, onCancel }: Props) {
  const [asking, setAsking] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const keep = useRef<HTMLButtonElement>(null);
  const asked = useRef(false);

  useLayoutEffect(() => {
    if (asking) keep.current?.focus();
    else if (asked.current) opener.current?.focus();
    asked.current = asking;
  }, [asking]);

  if (!asking)
    return (
      <button ref={opener} type="button" class="plain" disabled={busy} onClick={() => setAsking(true)}>
        {busy ? 'Cancelling…' : 'Cancel batch'}
      </button>
    );
  return (
    <div
      class="confirm"
      role="group"
      aria-label="Cancel this batch?"
      onKeyDown={(event) => {
        if (event.key === 'Escape') setAsking(false);
      }}
    >
      <p>
        <strong>Cancel this batch?</strong> What has been answered by then is kept, and paid for.
      </p>
      <div class="actions">
        <button ref={keep} type="button" class="plain" onClick={() => setAsking(false)}>
          Let it run
        </button>
        <button
          type="button"
          class="plain danger"
          onClick={() => {
            setAsking(false);
            onCancel();
          }}
        >
          Cancel the batch
        </button>
      </div>
    </div>
  );
}
