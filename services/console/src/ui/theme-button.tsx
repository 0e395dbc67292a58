import { useState } from 'preact/hooks';
import type { KeyValueStore } from '../state/preferences.ts';
import { MoonIcon, SunIcon } from './icons.tsx';

type Theme = 'light' | 'dark';
const THEME = 'plinth.theme';

/** Switches between light and dark. Back on the system's own theme, the choice is dropped, so that the page follows the system again. */
export function ThemeButton({ preferences }: { preferences: KeyValueStore }) {
  const [theme, setTheme] = useState<Theme>(currentTheme);
  const next: Theme = theme === 'dark' ? 'light' : 'dark';

  function change(): void {
    if (next === systemTheme()) {
      preferences.removeItem(THEME);
      delete document.documentElement.dataset.theme;
    } else {
      preferences.setItem(THEME, next);
      document.documentElement.dataset.theme = next;
    }
    setTheme(next);
  }

  return (
    <button
      type="button"
      class="quiet"
      aria-label={`Switch to the ${next} theme`}
      title={`Switch to the ${next} theme`}
      onClick={change}
    >
      {theme === 'dark' ? <SunIcon /> : <MoonIcon />}
    </button>
  );
}

function systemTheme(): Theme {
  return matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
}

function currentTheme(): Theme {
  const chosen = document.documentElement.dataset.theme;
  return chosen === 'light' || chosen === 'dark' ? chosen : systemTheme();
}
