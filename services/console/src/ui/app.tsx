import type { Console } from '../state/console.ts';
import type { KeyValueStore } from '../state/preferences.ts';
import { SignIn } from './sign-in.tsx';
import { Workspace } from './workspace.tsx';

export function App({ page, preferences }: { page: Console; preferences: KeyValueStore }) {
  const account = page.account.value;
  return account.status === 'signed-in' ? (
    <Workspace page={page} preferences={preferences} />
  ) : (
    <SignIn page={page} preferences={preferences} account={account} />
  );
}
