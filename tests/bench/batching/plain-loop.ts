import { HttpEngine } from '@plinth/batching/testing/trial';

/** So many callers, each with one call after the other, and nothing else: what there is to be had of an upstream. */
const [, , url = '', callers = '', calls = ''] = process.argv;
const engine = new HttpEngine(url, 'plain');
let next = 0;
async function caller(): Promise<void> {
  for (let number = next++; number < Number(calls); number = next++) {
    const body = { model: 'small', messages: [{ role: 'user', content: `Say ${number}` }] };
    const line = { custom_id: `r${number}`, method: 'POST', url: '/v1/chat/completions', body } as const;
    await engine.run({ line, requestId: String(number) }, { signal: new AbortController().signal });
  }
}
await Promise.all(Array.from({ length: Number(callers) }, caller));
engine.close();
