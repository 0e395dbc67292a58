import { TrashIcon } from './icons.tsx';

interface Props {
  /** Of what would be deleted. */
  title: string;
  /** Whether it has been asked for, and waits to be confirmed. */
  asking: boolean;
  onAsk: () => void;
  onKeep: () => void;
  onDelete: () => void;
  class?: string;
  tooltip?: string;
}

/** Deletes only when it is confirmed. */
export function DeleteButton({ title, asking, onAsk, onKeep, onDelete, class: name = '', tooltip }: Props) {
  if (asking)
    return (
      <span class="sure">
        <button type="button" class="plain danger" onClick={onDelete}>
          Delete
        </button>
        <button type="button" class="plain" onClick={onKeep}>
          Keep
        </button>
      </span>
    );
  return (
    <button
      type="button"
      class={`quiet ${name}`.trim()}
      aria-label={`Delete “${title}”`}
      title={tooltip}
      onClick={onAsk}
    >
      <TrashIcon />
    </button>
  );
}
