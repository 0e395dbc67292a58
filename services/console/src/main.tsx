import { render } from 'preact';
import { browserFrames } from './state/frame-batch.ts';
import { createConsole } from './state/console.ts';
import { browserAddressBar } from './state/route.ts';
import { usableStore } from './state/preferences.ts';
import { App } from './ui/app.tsx';

const root = document.getElementById('app');
if (root === null) throw new Error('The page has no element with the id "app" to draw in.');

const local = usableStore(() => localStorage);
const page = createConsole({
  endpoint: { baseUrl: '', fetch: (...given) => fetch(...given), now: Date.now },
  frames: browserFrames,
  address: browserAddressBar,
  session: usableStore(() => sessionStorage),
  local,
});
render(<App page={page} preferences={local} />, root);
void page.resume();
