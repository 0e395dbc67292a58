import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engineMissing, PulumiEngine, REPOSITORY, type EngineStack, type Outcome } from './pulumi-engine.ts';
import { startStandIn, type StandIn } from './stand-in-provider.ts';

const PUBLIC_CHAT = join(REPOSITORY, 'stacks/public-chat');
const FOUNDATION_CONFIG = join(REPOSITORY, 'stacks/foundation');
const PACKS = ['baseline', 'genai']
  .map((pack) => join(REPOSITORY, 'policies', pack))
  .filter((folder) => existsSync(join(folder, 'PulumiPolicy.yaml')));
const MINUTE = 60_000;

const reason = engineMissing();
if (reason !== undefined) console.warn(`Skipped, the stacks on a real engine: ${reason}.`);

describe.skipIf(reason !== undefined)('the stacks on a real engine', () => {
  let home: string;
  let standIn: StandIn;
  let engine: PulumiEngine;
  let foundation: EngineStack;
  let chat: EngineStack;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'plinth-engine-'));
    standIn = await startStandIn();
    engine = new PulumiEngine({ home, providers: standIn.attach, policyPacks: PACKS });
  }, MINUTE);

  afterAll(async () => {
    await standIn.close();
    rmSync(home, { recursive: true, force: true });
  }, MINUTE);

  describe('in dev', () => {
    beforeAll(async () => {
      foundation = await engine.stack(REPOSITORY, FOUNDATION_CONFIG, 'plinth-foundation', 'dev');
      chat = await publicChat(engine, home, 'dev');
    }, MINUTE);

    it(
      'says which setting is wrong, before anything is planned',
      async () => {
        const right = readFileSync(chat.configFile, 'utf8');
        await chat.set('monthlyBudgetUSD', '50');
        const outcome = await chat.preview();
        writeFileSync(chat.configFile, right);
        expect(outcome.code).not.toBe(0);
        expect(outcome.output).toContain('plinth-public-chat:monthlyBudgetUSD: Unrecognized key');
        expect(outcome.output).not.toContain('aws:');
      },
      MINUTE,
    );

    it(
      'previews the foundation and creates nothing',
      async () => {
        expectDone(await foundation.preview());
        expect(standIn.changes).toEqual([]);
      },
      MINUTE,
    );

    it(
      'deploys the foundation, and a second time changes nothing',
      async () => {
        expectDone(await foundation.up());
        expectDone(await foundation.up('--expect-no-changes'));
      },
      MINUTE,
    );

    it(
      'previews public chat on the outputs of the foundation',
      async () => {
        const before = standIn.changes.length;
        expectDone(await chat.preview());
        expect(standIn.changes).toHaveLength(before);
      },
      MINUTE,
    );

    it.skipIf(PACKS.length === 0)(
      'is stopped by the policy packs at the preview that every deployment begins with',
      async () => {
        const before = standIn.changes.length;
        await chat.set('tags.data-class', 'restricted');
        const outcome = await chat.preview();
        await chat.set('tags.data-class', 'internal');
        expect(outcome.code).not.toBe(0);
        expect(outcome.output).toMatch(/\[mandatory\].*tags-restricted-data-network/);
        expect(standIn.changes).toHaveLength(before);
      },
      MINUTE,
    );

    it(
      'deploys public chat with every value in place, and a second time changes nothing',
      async () => {
        const before = standIn.changes.length;
        expectDone(await chat.up());
        const made = standIn.changes.slice(before);
        expect(made.filter(({ inputs }) => /undefined|\[object |04da6b54/.test(JSON.stringify(inputs)))).toEqual([]);
        expect(made.map(({ type }) => type)).toContain('aws:lambda/function:Function');
        expectDone(await chat.up('--expect-no-changes'));
      },
      2 * MINUTE,
    );

    it(
      'exports what clients need, and shows no key',
      async () => {
        const { output } = await chat.outputs();
        const shown = JSON.parse(output) as Record<string, unknown>;
        expect(shown).toMatchObject({
          apiUrl: expect.stringMatching(/^https:\/\/.*\/live$/),
          userPoolId: expect.any(String),
          userPoolClientId: expect.any(String),
          identityPoolId: expect.any(String),
          dashboardUrl: expect.stringContaining('cloudwatch'),
          ledgerTable: expect.any(String),
          applicationKeys: '[secret]',
        });
      },
      MINUTE,
    );

    it(
      'moves callers to a new guardrail version when the guardrail changes, and touches no table',
      async () => {
        const before = standIn.changes.length;
        await chat.set('guardrail.filterStrength', 'MEDIUM');
        expectDone(await chat.up());
        const touched = standIn.changes.slice(before).map(({ kind, type }) => `${kind} ${type.split(':').at(-1)}`);
        expect(touched).toEqual(expect.arrayContaining(['update Guardrail', 'create GuardrailVersion']));
        expect(touched.filter((change) => /Table|Key|UserPool|RestApi|WebAcl/.test(change))).toEqual([]);
      },
      MINUTE,
    );

    it(
      'takes everything down again',
      async () => {
        expectDone(await chat.destroy());
        expectDone(await foundation.destroy());
        const count = (kind: string) => standIn.changes.filter((change) => change.kind === kind).length;
        expect(count('create')).toBeGreaterThan(0);
        // The old guardrail version stays on purpose until its guardrail goes.
        expect(count('create') - count('delete')).toBe(0);
      },
      2 * MINUTE,
    );
  });

  describe.each(['staging', 'production'])('in %s', (environment) => {
    it(
      'deploys the foundation and previews public chat',
      async () => {
        const below = await engine.stack(REPOSITORY, FOUNDATION_CONFIG, 'plinth-foundation', environment);
        expectDone(await below.up());
        const front = await publicChat(engine, home, environment);
        expectDone(await front.preview());
      },
      2 * MINUTE,
    );
  });
});

/** Public chat with the bundle that is built, or with a placeholder where none is: the engine reads it, nothing runs it. */
async function publicChat(engine: PulumiEngine, home: string, environment: string): Promise<EngineStack> {
  const stack = await engine.stack(PUBLIC_CHAT, PUBLIC_CHAT, 'plinth-public-chat', environment);
  if (!existsSync(join(REPOSITORY, 'services/chat/dist/lambda'))) {
    const bundle = mkdtempSync(join(home, 'bundle-'));
    writeFileSync(join(bundle, 'index.mjs'), 'export const handler = undefined;\n');
    await stack.set('bundle', bundle);
  }
  return stack;
}

function expectDone({ code, output }: Outcome): void {
  expect(code, output).toBe(0);
}
