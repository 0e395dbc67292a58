import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { AsyncObject } from '@plinth/contracts';
import { issueApiKey } from '@plinth/gateway';
import { TcpLink } from '@plinth/local/link';
import { openEmbeddedStores, type EmbeddedStores } from '@plinth/stores/embedded';
import { Centre } from './centre.ts';
import { CountingModel } from './counting-model.ts';
import type { SiteSettings } from './site-process.ts';

const SITE = join(import.meta.dirname, 'site-process.ts');
const FAR_LATENCY_MS = 15;

export type Said = { readonly status: number; readonly body: AsyncObject } | undefined;

/** A site in a process of its own, its centre, the model that is there, and the link between them. */
export class SiteWorld {
  readonly #settings: SiteSettings;
  readonly #key: string;
  #child: ChildProcess | undefined;
  /** Settled once the site serves; a new one while it is down. */
  #serving: Promise<string> = Promise.reject(new Error('It was not started.'));
  readonly link: TcpLink;
  readonly centre: Centre;
  readonly far: CountingModel;
  readonly near: CountingModel;

  private constructor(parts: {
    settings: SiteSettings;
    key: string;
    link: TcpLink;
    centre: Centre;
    far: CountingModel;
    near: CountingModel;
  }) {
    this.#settings = parts.settings;
    this.#key = parts.key;
    this.#serving.catch(() => undefined);
    this.link = parts.link;
    this.centre = parts.centre;
    this.far = parts.far;
    this.near = parts.near;
  }

  static async open(more: Partial<SiteSettings> = {}): Promise<SiteWorld> {
    const folder = more.folder ?? (await mkdtemp(join(tmpdir(), 'plinth-site-')));
    const [link, centre] = [new TcpLink(), await Centre.open()];
    const [far, near] = [new CountingModel({ latencyMs: FAR_LATENCY_MS }), new CountingModel({ latencyMs: 1 })];
    const models = { near: await near.listen(), far: await link.toUrl(await far.listen()) };
    const stores = await openEmbeddedStores({ folder });
    const { key, keyId, secretHash } = issueApiKey();
    const record = { tenant: 'acme', principal: 'ann', groups: [], limits: {}, conversations: false, createdAt: 0 };
    await stores.keys.createKey({ keyId, secretHash, ...record });
    await stores.close();
    const { queueUrl } = centre;
    const fixed = { folder, models, queueUrl, sqs: await link.toUrl(centre.sqs) };
    const settings = {
      port: 0,
      atOnce: 16,
      reservationTtlMs: 3_000,
      outboxItems: 10_000,
      reserveBytes: 0,
      ...fixed,
      ...more,
    };
    return new SiteWorld({ settings, key, link, centre, far, near });
  }

  async start(): Promise<void> {
    const settings = JSON.stringify(this.#settings);
    const child = spawn(process.execPath, ['--import', 'tsx', SITE, settings], {
      env: { ...process.env, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local', NODE_NO_WARNINGS: '1' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child = child;
    this.#serving = new Promise((serves, failed) => {
      child.once('close', (code) => failed(new Error(`The site ended with ${code}.`)));
      createInterface({ input: child.stdout! }).once('line', (line) => {
        const said = JSON.parse(line) as { event: string; url: string };
        if (said.event === 'ready') serves(said.url);
        else failed(new Error(line));
      });
    });
    this.#serving.catch(() => undefined);
    await this.#serving;
  }

  /** Kill -9, and another start. */
  async killAndStart(): Promise<void> {
    await this.#end('SIGKILL');
    await this.start();
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'close');
    child.kill(signal);
    await ended;
  }

  /** Asks the site once. Undefined where the connection broke. */
  async ask(model: 'near' | 'far', said: string, headers: Record<string, string> = {}): Promise<Said> {
    const messages = [{ role: 'user', content: said }];
    return this.#call('/v1/chat/completions', { method: 'POST', headers, body: JSON.stringify({ model, messages }) });
  }

  /** Leaves a request in the outbox, as often as it takes for it to be acknowledged. @returns The item's id. */
  async leave(said: string): Promise<string> {
    for (;;) {
      const answer = await this.ask('far', said, { prefer: 'respond-async', 'idempotency-key': said });
      if (answer?.status === 202) return answer.body.id;
      if (answer !== undefined && answer.status !== 503)
        throw new Error(`${answer.status} ${JSON.stringify(answer.body)}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  async look(id: string): Promise<Said> {
    return this.#call(`/v1/async/${id}`, {});
  }

  /** The files of the site, opened beside it as another process may. */
  stores(): Promise<EmbeddedStores> {
    return openEmbeddedStores({ folder: this.#settings.folder });
  }

  async close(): Promise<void> {
    await this.#end('SIGKILL');
    await this.link.close();
    await Promise.all([this.far.close(), this.near.close(), this.centre.close()]);
    await rm(this.#settings.folder, { recursive: true, force: true });
  }

  async #call(path: string, request: RequestInit & { headers?: Record<string, string> }): Promise<Said> {
    try {
      const headers = { ...request.headers, authorization: `Bearer ${this.#key}` };
      const response = await fetch(`${await this.#serving}${path}`, { ...request, headers });
      return { status: response.status, body: (await response.json()) as AsyncObject };
    } catch {
      // It was killed in the middle, or is not there (yet).
      await new Promise((resolve) => setTimeout(resolve, 20));
      return undefined;
    }
  }
}
