import type { RefObject } from 'preact';
import type { Console } from '../state/console.ts';
import { cleanSettings, DEFAULT_SETTINGS } from '../state/preferences.ts';
import type { Settings } from '../state/preferences.ts';

interface SettingsDialogProps {
  page: Console;
  dialog: RefObject<HTMLDialogElement>;
}

export function SettingsDialog({ page, dialog }: SettingsDialogProps) {
  const settings = page.settings.value;

  function change(part: Partial<Settings>): void {
    page.changeSettings(cleanSettings({ ...settings, ...part }));
  }

  return (
    <dialog
      ref={dialog}
      class="settings"
      aria-labelledby="settings-title"
      onClick={(event) => event.target === event.currentTarget && dialog.current?.close()}
    >
      <form method="dialog">
        <h2 id="settings-title">Settings</h2>
        <p class="help">They go with the next question and stay on this device.</p>
        <label for="instructions">Instructions</label>
        <textarea
          id="instructions"
          rows={4}
          placeholder="None: the model answers as it is."
          value={settings.instructions}
          onInput={(event) => change({ instructions: event.currentTarget.value })}
        />
        <div class="pair">
          <NumberField
            id="temperature"
            label="Temperature"
            help="0 is the most predictable, 2 the least."
            min={0}
            max={2}
            step={0.1}
            value={settings.temperature}
            onChange={(temperature) => change({ temperature })}
          />
          <NumberField
            id="max-tokens"
            label="Longest answer"
            help="In tokens."
            min={1}
            max={1_000_000}
            step={1}
            value={settings.maxTokens}
            onChange={(maxTokens) => change({ maxTokens })}
          />
        </div>
        <div class="actions">
          <button type="button" class="plain" onClick={() => page.changeSettings(DEFAULT_SETTINGS)}>
            Back to defaults
          </button>
          <button type="submit" class="primary">
            Done
          </button>
        </div>
      </form>
    </dialog>
  );
}

interface NumberFieldProps {
  id: string;
  label: string;
  help: string;
  min: number;
  max: number;
  step: number;
  value: number | undefined;
  onChange: (value: number | undefined) => void;
}

/** An empty field leaves the choice to the model; one that is out of range is marked by the browser and not taken. */
function NumberField({ id, label, help, min, max, step, value, onChange }: NumberFieldProps) {
  return (
    <div>
      <label for={id}>{label}</label>
      <input
        id={id}
        type="number"
        min={min}
        max={max}
        step={step}
        placeholder="Model’s own"
        value={value ?? ''}
        aria-describedby={`${id}-help`}
        onInput={({ currentTarget: input }) => {
          if (input.validity.valid) onChange(input.value === '' ? undefined : input.valueAsNumber);
        }}
      />
      <p class="help" id={`${id}-help`}>
        {help}
      </p>
    </div>
  );
}
