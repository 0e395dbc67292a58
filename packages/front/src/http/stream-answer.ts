import { SseEncoder, type ChatRun } from '@plinth/gateway';
import type { ServerResponse } from 'node:http';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context } from 'hono';
import { nodeBindings } from './node-bindings.ts';
import { SseSink } from './sse-sink.ts';

/** Of every answer that is a stream of events: nobody on the way may keep or gather it. */
export const EVENT_STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  'x-accel-buffering': 'no',
};

/** Streams an answer as server-sent events, at the reader's pace: a reader that does not read stops the model, not our memory. */
export async function streamAnswer(context: Context, run: ChatRun): Promise<Response> {
  const node = nodeBindings(context);
  if (node === undefined) return webStream(context, run);
  await streamOnNode(run, node.outgoing);
  return RESPONSE_ALREADY_SENT;
}

/** The same, to a client of Node's HTTP server. */
export async function streamOnNode(run: ChatRun, outgoing: ServerResponse): Promise<void> {
  const encoder = new SseEncoder(run);
  const sink = new SseSink(outgoing, EVENT_STREAM_HEADERS);
  void sink.write(encoder.start());
  for await (const event of run.events) {
    if (sink.gone) break;
    const full = sink.write(encoder.encode(event));
    if (full !== undefined) await full;
  }
  sink.end();
}

function webStream(context: Context, run: ChatRun): Response {
  const encoder = new SseEncoder(run);
  const bytes = new TextEncoder();
  const events = run.events[Symbol.asyncIterator]();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(bytes.encode(encoder.start())),
    async pull(controller) {
      const next = await events.next();
      if (next.done === true) controller.close();
      else controller.enqueue(bytes.encode(encoder.encode(next.value)));
    },
    async cancel() {
      await events.return?.();
    },
  });
  return context.body(body, 200, EVENT_STREAM_HEADERS);
}
