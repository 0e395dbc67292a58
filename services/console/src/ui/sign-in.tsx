import { useEffect, useRef, useState } from 'preact/hooks';
import type { Account } from '../state/account.ts';
import type { Console } from '../state/console.ts';
import type { KeyValueStore } from '../state/preferences.ts';
import { Mark } from './icons.tsx';
import { ThemeButton } from './theme-button.tsx';

interface SignInProps {
  page: Console;
  preferences: KeyValueStore;
  account: Exclude<Account, { status: 'signed-in' }>;
}

export function SignIn({ page, preferences, account }: SignInProps) {
  const [key, setKey] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const checking = account.status === 'checking';
  const problem = account.status === 'signed-out' ? account.problem : undefined;

  useEffect(() => {
    if (!checking) input.current?.focus();
  }, [checking]);

  function submit(event: Event): void {
    event.preventDefault();
    if (key.trim() !== '') void page.signIn(key);
  }

  return (
    <div class="sign-in">
      <header class="corner">
        <ThemeButton preferences={preferences} />
      </header>
      <main>
        <Mark />
        <h1>Plinth console</h1>
        <p class="lead">Sign in with an API key of this platform.</p>
        <form onSubmit={submit} aria-busy={checking}>
          <label for="key">API key</label>
          <input
            id="key"
            ref={input}
            type="password"
            autocomplete="off"
            spellcheck={false}
            value={key}
            disabled={checking}
            aria-invalid={problem !== undefined}
            aria-describedby={problem === undefined ? 'key-help' : 'key-problem'}
            onInput={(event) => setKey(event.currentTarget.value)}
          />
          <button type="submit" class="primary" disabled={checking || key.trim() === ''}>
            {checking ? 'Checking the key…' : 'Sign in'}
          </button>
          <div role="alert" id="key-problem">
            {problem !== undefined && (
              <p class="problem-line">
                <strong>{problem.title}</strong> {problem.advice}
              </p>
            )}
          </div>
          <p id="key-help" class="help">
            The key stays in this tab and is forgotten when you sign out or close it. On a laptop,{' '}
            <code>npx plinth status</code> shows one.
          </p>
        </form>
      </main>
    </div>
  );
}
