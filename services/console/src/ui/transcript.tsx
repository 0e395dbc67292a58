import type { Console } from '../state/console.ts';
import { ExchangeView } from './exchange-view.tsx';
import { FollowedTranscript } from './followed-transcript.tsx';
import { Welcome } from './welcome.tsx';

/** The chat so far. */
export function Transcript({ page }: { page: Console }) {
  const exchanges = page.chat.exchanges.value;
  const last = exchanges.at(-1);

  return (
    <FollowedTranscript live={page.chat.live} label="Chat so far">
      {last === undefined ? (
        <Welcome page={page} />
      ) : (
        exchanges.map((exchange) => (
          <ExchangeView key={exchange.id} page={page} exchange={exchange} isLast={exchange === last} />
        ))
      )}
    </FollowedTranscript>
  );
}
