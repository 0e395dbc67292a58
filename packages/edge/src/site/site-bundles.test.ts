import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@plinth/stores/testing/manual-clock';
import { PlatformError, type BundledModel } from '@plinth/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFolderSink } from '../bundle/folder/folder-sink.ts';
import { openFolderSource } from '../bundle/folder/folder-source.ts';
import { publishBundle } from '../bundle/publish-bundle.ts';
import type { BundleSource } from '../bundle/bundle-source.ts';
import { BundleAuthor, NOON, someContents } from '../testing/bundle-author.ts';
import { readModelFiles } from './model-files.ts';
import type { ActiveBundle, BundleEvent } from './bundle-status.ts';
import { SiteBundles, type SiteBundlesOptions } from './site-bundles.ts';

const author = new BundleAuthor();
const HOUR = 3_600_000;
const { signal } = new AbortController();

/** A site on a folder of its own, and the centre it hears from. */
class Trial {
  readonly root: string;
  readonly clock = new ManualClock(NOON);
  readonly applied: number[] = [];
  readonly events: BundleEvent[] = [];
  readonly heard: boolean[] = [];
  /** What is wrong with the site while a bundle of this sequence serves. */
  readonly problems = new Map<number, string>();
  source: BundleSource;
  #elapsed = 0;

  constructor(root: string) {
    this.root = root;
    this.source = openFolderSource(this.centre);
  }

  get centre(): string {
    return join(this.root, 'centre');
  }

  get state(): string {
    return join(this.root, 'site');
  }

  get models(): string {
    return join(this.root, 'models');
  }

  async publish(sequence: number, weights: Record<string, string> = {}, changes = {}): Promise<void> {
    const contents = someContents(Object.keys(weights).length === 0 ? {} : { models: { weights: [modelOf(weights)] } });
    const composed = await author.compose({ sequence, contents, issuedAt: new Date(this.clock.now()), ...changes });
    const files = Object.fromEntries(Object.keys(weights).map((path) => [path, join(this.root, path)]));
    for (const [path, text] of Object.entries(weights)) await writeFile(join(this.root, path), text);
    const local = Object.keys(weights).length === 0 ? [] : [{ model: modelOf(weights), files }];
    await publishBundle(composed, openFolderSink(this.centre), local);
  }

  async open(changes: Partial<SiteBundlesOptions> = {}): Promise<SiteBundles> {
    let serving: number | undefined;
    const bundles = new SiteBundles({
      folder: this.state,
      modelsFolder: this.models,
      site: 'lab',
      key: author.key,
      source: { latest: (...args) => this.source.latest(...args), open: (...args) => this.source.open(...args) },
      apply: async ({ statement }: ActiveBundle) => {
        serving = statement.sequence;
        this.applied.push(serving);
      },
      problem: async () => this.problems.get(serving ?? 0),
      onEvent: (event) => this.events.push(event),
      onHeard: (reached) => this.heard.push(reached),
      reserveBytes: 0,
      clock: this.clock,
      timers: {
        now: () => this.#elapsed,
        wait: async (ms) => {
          this.#elapsed += ms;
          this.clock.advance(ms);
        },
      },
      ...changes,
    });
    await bundles.open();
    return bundles;
  }
}

function modelOf(weights: Record<string, string>): BundledModel {
  const files = Object.entries(weights).map(([path, text]) => ({
    path,
    sha256: createHash('sha256').update(text).digest('hex'),
    bytes: Buffer.byteLength(text),
  }));
  return { name: 'small', files };
}

let trial: Trial;
beforeEach(async () => {
  trial = new Trial(await mkdtemp(join(tmpdir(), 'plinth-bundles-')));
});
afterEach(() => rm(trial.root, { recursive: true, force: true }));

const weightsServed = async () => {
  const files = await readModelFiles(trial.models, 'small');
  return files && Promise.all(files.map(({ path }) => readFile(path, 'utf8')));
};
const staged = () => readdir(join(trial.models, 'files')).catch(() => []);

describe('a site without a bundle', () => {
  it('has none until one is published, and hears its centre all the same', async () => {
    const site = await trial.open();
    await site.look(signal);
    expect(site.active).toBeUndefined();
    expect(site.status()).toMatchObject({ rejected: [], expired: false });
    expect(trial.heard).toEqual([true]);
  });

  it('takes the first, with its weights, and serves it again after a start without a centre', async () => {
    await trial.publish(3, { 'a.gguf': 'weights' });
    const site = await trial.open();
    await site.look(signal);
    expect(site.active?.statement.sequence).toBe(3);
    expect(await weightsServed()).toEqual(['weights']);
    await rm(trial.centre, { recursive: true });
    const again = await trial.open();
    expect(again.active?.statement.sequence).toBe(3);
    expect(trial.applied).toEqual([3, 3]);
  });

  it('keeps a first bundle that does not do well: there is nothing to go back to', async () => {
    trial.problems.set(1, 'The model does not answer.');
    await trial.publish(1);
    const site = await trial.open();
    await site.look(signal);
    expect(site.active?.statement.sequence).toBe(1);
    expect(site.status().rejected).toEqual([]);
  });
});

describe('a newer bundle', () => {
  it('follows the one before once it has proven itself, whose weights are kept until the next', async () => {
    await trial.publish(1, { 'a.gguf': 'one' });
    const site = await trial.open();
    await site.look(signal);
    await trial.publish(2, { 'a.gguf': 'two' });
    await site.look(signal);
    expect(await weightsServed()).toEqual(['two']);
    expect(site.status()).toMatchObject({ active: { sequence: 2 }, previous: 1, proven: true });
    expect(await staged()).toHaveLength(2);
    await trial.publish(4, { 'a.gguf': 'four' });
    await site.look(signal);
    expect(trial.applied).toEqual([1, 2, 4]);
    expect(await staged()).toHaveLength(2);
    expect(trial.events.map(({ kind }) => kind)).toEqual(['activated', 'activated', 'proven', 'activated', 'proven']);
  });

  it('is taken back when the site is not well with it, is not taken again, and says why', async () => {
    await trial.publish(1, { 'a.gguf': 'one' });
    const site = await trial.open();
    await site.look(signal);
    trial.problems.set(2, 'The model does not answer.');
    await trial.publish(2, { 'a.gguf': 'two' });
    await site.look(signal);
    expect(site.active?.statement.sequence).toBe(1);
    expect(await weightsServed()).toEqual(['one']);
    expect(await staged()).toHaveLength(1);
    expect(site.status().rejected).toMatchObject([{ sequence: 2, problem: 'The model does not answer.' }]);
    await site.look(signal);
    expect(trial.applied).toEqual([1, 2, 1]);
    await trial.publish(3);
    await site.look(signal);
    expect(site.active?.statement.sequence).toBe(3);
  });

  it('is taken by a site that is unwell already, which cannot blame it', async () => {
    await trial.publish(1);
    const site = await trial.open();
    await site.look(signal);
    trial.problems.set(1, 'The model does not answer.').set(2, 'The model does not answer.');
    await trial.publish(2);
    await site.look(signal);
    expect(site.active?.statement.sequence).toBe(2);
    expect(site.status().rejected).toEqual([]);
  });

  it('that cannot be put to work is taken back', async () => {
    await trial.publish(1);
    const applied: number[] = [];
    const site = await trial.open({
      apply: async ({ statement: { sequence } }) => {
        if (sequence === 2) throw new PlatformError('configuration', 'There is no such guardrail.');
        applied.push(sequence);
      },
    });
    await site.look(signal);
    await trial.publish(2);
    await site.look(signal);
    expect(applied).toEqual([1, 1]);
    expect(site.status()).toMatchObject({ active: { sequence: 1 }, rejected: [{ sequence: 2 }] });
  });

  it('that ends its process whenever it is started is taken back after three starts', async () => {
    await trial.publish(1);
    const site = await trial.open();
    await site.look(signal);
    await trial.publish(2);
    const stopped = new AbortController();
    const killed = await trial.open({
      problem: async () => {
        if (trial.applied.at(-1) === 2) stopped.abort();
        return undefined;
      },
    });
    await killed.look(stopped.signal);
    for (let start = 1; start <= 3; start++) expect((await trial.open()).active?.statement.sequence).toBe(2);
    const last = await trial.open();
    expect(last.active?.statement.sequence).toBe(1);
    expect(last.status().rejected).toMatchObject([{ sequence: 2 }]);
  });
});

describe('what is no bundle for this site', () => {
  const tampered = async (find: (names: string[]) => string, change: (text: string) => string) => {
    const parts = join(trial.centre, 'parts');
    const path = join(parts, find(await readdir(parts)));
    await writeFile(path, change(await readFile(path, 'utf8')));
  };

  it.each<[string, () => Promise<void>]>([
    ['downgraded', () => trial.publish(4)],
    ['downgraded', () => trial.publish(5, {}, { contents: someContents({ policy: {} }) })],
    ['wrong-site', () => trial.publish(6, {}, { site: 'plant' })],
    ['expired', () => trial.publish(6, {}, { notAfter: new Date(NOON - 1) })],
    ['not-yet-valid', () => trial.publish(6, {}, { issuedAt: new Date(NOON + HOUR) })],
    [
      'unknown-key',
      async () =>
        writeFile(join(trial.centre, 'latest.json'), (await new BundleAuthor().compose({ sequence: 6 })).envelope),
    ],
    ['not-json', () => truncate(join(trial.centre, 'latest.json'), 100)],
    ['over-size', () => writeFile(join(trial.centre, 'latest.json'), Buffer.alloc(20_000, 32))],
    [
      'truncated',
      async () => {
        await trial.publish(6, {}, { contents: someContents({ policy: {} }) });
        await tampered(
          (names) => names.find((name) => name.startsWith(sha('{}')))!,
          () => '{',
        );
      },
    ],
    [
      'tampered',
      async () => {
        await trial.publish(6, {}, { contents: someContents({ policy: {} }) });
        await tampered(
          (names) => names.find((name) => name.startsWith(sha('{}')))!,
          () => '[]',
        );
      },
    ],
    [
      'tampered',
      async () => {
        await trial.publish(6, { 'a.gguf': 'weights' });
        await writeFile(join(trial.centre, 'models/small/a.gguf'), 'weightS');
      },
    ],
    [
      'truncated',
      async () => {
        await trial.publish(6, { 'a.gguf': 'weights' });
        await writeFile(join(trial.centre, 'models/small/a.gguf'), 'weigh');
      },
    ],
  ])('is refused as %s, and what was active goes on', async (reason, publish) => {
    await trial.publish(5);
    const site = await trial.open();
    await site.look(signal);
    await publish();
    await site.look(signal);
    expect(site.status().trouble).toMatchObject({ reason });
    expect(site.active?.statement.sequence).toBe(5);
    expect(trial.applied).toEqual([5]);
    await trial.publish(7);
    await site.look(signal);
    expect(site.active?.statement.sequence).toBe(7);
    expect(site.status()).not.toHaveProperty('trouble');
  });

  it('is refused as downgraded after a start as well, and after a bundle that was taken back', async () => {
    await trial.publish(1);
    const site = await trial.open();
    await site.look(signal);
    trial.problems.set(5, 'No.');
    await trial.publish(5);
    await site.look(signal);
    await trial.publish(3);
    const again = await trial.open();
    await again.look(signal);
    expect(again.status()).toMatchObject({ active: { sequence: 1 }, trouble: { reason: 'downgraded' } });
  });
});

describe('weights on their way', () => {
  it('go on where they were broken off', async () => {
    await trial.publish(1, { 'a.gguf': 'abcdefgh' });
    const from: number[] = [];
    const folder = trial.source;
    trial.source = {
      ...folder,
      async open(object, options) {
        if (object.kind === 'weights') from.push(options.from);
        const bytes = await folder.open(object, options);
        if (object.kind === 'part' || from.length > 1) return bytes;
        return (async function* () {
          yield Buffer.from('abc');
          throw new PlatformError('upstream_failed', 'The link broke.');
        })();
      },
    };
    const site = await trial.open();
    await site.look(signal);
    expect(site.status()).toMatchObject({ trouble: { reason: 'upstream_failed' } });
    expect(site.active).toBeUndefined();
    await site.look(signal);
    expect(from).toEqual([0, 3]);
    expect(await weightsServed()).toEqual(['abcdefgh']);
  });

  it('are not begun with where there is no room for them, which is told; what is active goes on', async () => {
    await trial.publish(1);
    const room = { bytes: 1_000_000 };
    const site = await trial.open({ free: async () => room.bytes, reserveBytes: 999_000 });
    await site.look(signal);
    await trial.publish(2, { 'a.gguf': 'x'.repeat(2_000) });
    await site.look(signal);
    expect(site.status()).toMatchObject({ active: { sequence: 1 }, trouble: { reason: 'disk_full' } });
    expect(await staged()).toEqual([]);
    room.bytes = 2_000_000;
    await site.look(signal);
    expect(site.active?.statement.sequence).toBe(2);
  });
});

describe('time', () => {
  it('makes a bundle old from when the centre was last heard, and not while it is', async () => {
    await trial.publish(1);
    const site = await trial.open();
    await site.look(signal);
    trial.clock.advance(5 * HOUR);
    expect(site.status().unconfirmedMs).toBe(5 * HOUR);
    await site.look(signal);
    expect(site.status().unconfirmedMs).toBe(0);
    trial.clock.advance(40 * 24 * HOUR);
    await site.look(signal);
    expect(site.status()).toMatchObject({ unconfirmedMs: 0, expired: true });
  });

  it('does not go back with the clock, nor over a start', async () => {
    await trial.publish(1);
    const site = await trial.open();
    await site.look(signal);
    await rm(trial.centre, { recursive: true });
    trial.source = { ...trial.source, latest: () => Promise.reject(new PlatformError('upstream_failed', 'No link.')) };
    trial.clock.advance(100 * HOUR);
    await site.look(signal);
    expect(trial.heard).toEqual([true, false]);
    trial.clock.set(NOON - HOUR);
    expect(site.status().unconfirmedMs).toBe(100 * HOUR);
    const again = await trial.open();
    expect(again.status().unconfirmedMs).toBe(100 * HOUR);
  });
});

describe('a disk that changed what it was given', () => {
  it('is not believed: what is damaged is fetched again', async () => {
    await trial.publish(1);
    const site = await trial.open();
    await site.look(signal);
    const parts = join(trial.state, 'parts');
    for (const name of await readdir(parts)) await truncate(join(parts, name), 1);
    const again = await trial.open();
    expect(again.active).toBeUndefined();
    expect(again.status().trouble).toMatchObject({ reason: 'truncated' });
    await again.look(signal);
    expect(again.active?.statement.sequence).toBe(1);
  });

  it('stops a site whose state it has damaged: what may not be taken again would be forgotten', async () => {
    await trial.publish(1);
    await (await trial.open()).look(signal);
    await truncate(join(trial.state, 'state.json'), 10);
    await expect(trial.open()).rejects.toMatchObject({ code: 'configuration' });
  });
});

const sha = (text: string) => createHash('sha256').update(text).digest('hex');
