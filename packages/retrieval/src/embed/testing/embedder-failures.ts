import type { ErrorCode } from '@plinth/contracts';
import { describe, expect, it } from 'vitest';
import type { Embedder } from '../../ports/embedder.ts';

/** An answer as a server sent it. */
export interface RecordedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface EmbedderOverServer {
  /** Of two numbers a vector. @param timeoutMs Longest a call may take. */
  readonly connect: (timeoutMs?: number) => Embedder;
  /** What the server answers from now on; 'silence' is no answer. */
  readonly answers: (answer: RecordedAnswer | 'silence') => void;
  /** Resolves when the server has a call in hand. */
  readonly asked: () => Promise<unknown>;
}

const SECRET = 'the salary of Ann';

/** How an adapter takes what its server does wrong. @param failures What the server says, and the code it becomes. */
export function describeEmbedderFailures(
  name: string,
  server: EmbedderOverServer,
  failures: readonly (readonly [name: string, answer: RecordedAnswer, code: ErrorCode])[],
): void {
  describe(`the embedder ${name} fails in words`, () => {
    const embed = (embedder: Embedder, signal = new AbortController().signal) =>
      embedder.embed([SECRET, 'two'], 'document', { signal }).then(
        () => expect.fail('it answered'),
        (error: unknown) => error,
      );

    it.each(failures)('when its server answers %s', async (_, answer, code) => {
      server.answers(answer);
      const error = await embed(server.connect());
      expect(error).toMatchObject({ name: 'PlatformError', code });
      // What a server says may quote the text.
      expect(String(error)).not.toContain(SECRET);
    });

    it('when its server says nothing for too long', async () => {
      server.answers('silence');
      expect(await embed(server.connect(40))).toMatchObject({ code: 'upstream_timeout', retryable: true });
    });

    it('when whoever asked leaves in the middle', async () => {
      server.answers('silence');
      const leaving = new AbortController();
      const asked = server.asked();
      const failed = embed(server.connect(), leaving.signal);
      await asked;
      leaving.abort(new Error('left'));
      expect(await failed).toMatchObject({ code: 'client_closed' });
    });
  });
}
