import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploy, DEPLOYMENTS } from './deployments.ts';
import { engineMissing, PulumiEngine, REPOSITORY, type EngineStack, type Outcome } from './pulumi-engine.ts';
import { startStandIn, type StandIn } from './stand-in-provider.ts';

const FOUNDATION = join(REPOSITORY, 'stacks/foundation');
const PACKS = ['baseline', 'genai'].map((pack) => join(REPOSITORY, 'policies', pack));
/** Every step is a program started anew, on a machine that may be busy. */
const STEP = 200_000;

const reason = engineMissing();
if (reason !== undefined) console.warn(`Skipped, the stacks on a real engine: ${reason}.`);

let home: string;
let standIn: StandIn;
let engine: PulumiEngine;

const foundationIn = (environment: string) => engine.stack(REPOSITORY, FOUNDATION, 'plinth-foundation', environment);

describe.skipIf(reason !== undefined)('the stacks on a real engine', () => {
  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'plinth-engine-'));
    standIn = await startStandIn();
    engine = new PulumiEngine({ home, providers: standIn.attach, policyPacks: PACKS });
  }, STEP);

  afterAll(async () => {
    await standIn.close();
    rmSync(home, { recursive: true, force: true });
  }, STEP);

  describe('in dev', () => {
    let foundation: EngineStack;
    const stacks = new Map<string, EngineStack>();
    const stackOf = (name: string) => stacks.get(name)!;

    beforeAll(async () => {
      foundation = await foundationIn('dev');
      for (const deployment of DEPLOYMENTS) stacks.set(deployment.name, await deploy(engine, home, deployment, 'dev'));
    }, STEP);

    it(
      'says what to do where the foundation is missing, before anything is planned',
      async () => {
        const outcome = await stackOf('public-chat').preview();
        expect(outcome.code).not.toBe(0);
        expect(outcome.output).toMatch(/foundation/);
        expect(outcome.output).not.toContain('aws:');
      },
      STEP,
    );

    it(
      'previews the foundation and creates nothing',
      async () => {
        expectDone(await foundation.preview());
        expect(standIn.changes).toEqual([]);
      },
      STEP,
    );

    it(
      'deploys the foundation, and a second time changes nothing',
      async () => {
        expectDone(await foundation.up());
        expectDone(await foundation.up('--expect-no-changes'));
      },
      2 * STEP,
    );

    it(
      'is stopped by the policy packs at the preview that every deployment begins with',
      async () => {
        const before = standIn.changes.length;
        const chat = stackOf('public-chat');
        await chat.set('tags.data-class', 'restricted');
        const outcome = await chat.preview();
        await chat.set('tags.data-class', 'internal');
        expect(outcome.code).not.toBe(0);
        expect(outcome.output).toMatch(/\[mandatory\].*tags-restricted-data-network/);
        expect(standIn.changes).toHaveLength(before);
      },
      STEP,
    );

    describe.each(DEPLOYMENTS)('$name', ({ name, change, touches, exports }) => {
      it(
        'says which setting is wrong, before anything is planned',
        async () => {
          const stack = stackOf(name);
          const right = readFileSync(stack.configFile, 'utf8');
          await stack.set('monthlyBudgetUSD', '50');
          const outcome = await stack.preview();
          writeFileSync(stack.configFile, right);
          expect(outcome.code).not.toBe(0);
          expect(outcome.output).toContain(`plinth-${name}:monthlyBudgetUSD: Unrecognized key`);
          expect(outcome.output).not.toContain('aws:');
        },
        STEP,
      );

      it(
        'previews on the outputs of the foundation, and creates nothing',
        async () => {
          const before = standIn.changes.length;
          expectDone(await stackOf(name).preview());
          expect(standIn.changes).toHaveLength(before);
        },
        STEP,
      );

      it(
        'deploys with every value in place, and a second time changes nothing',
        async () => {
          const before = standIn.changes.length;
          expectDone(await stackOf(name).up());
          const made = standIn.changes.slice(before);
          expect(made.filter(({ inputs }) => /undefined|\[object |04da6b54/.test(JSON.stringify(inputs)))).toEqual([]);
          expect(made.length).toBeGreaterThan(20);
          expectDone(await stackOf(name).up('--expect-no-changes'));
        },
        2 * STEP,
      );

      it(
        'exports what its users look for, and shows no secret',
        async () => {
          const { output } = await stackOf(name).outputs();
          const shown = JSON.parse(output) as Record<string, unknown>;
          for (const key of exports) expect(shown[key], key).toEqual(expect.any(String));
          if ('applicationKeys' in shown) expect(shown['applicationKeys']).toBe('[secret]');
        },
        STEP,
      );

      it(
        `touches only what it should when ${change.setting} changes`,
        async () => {
          const before = standIn.changes.length;
          await stackOf(name).set(change.setting, change.value);
          expectDone(await stackOf(name).up());
          const touched = standIn.changes.slice(before).map(({ kind, type }) => `${kind} ${type.split(':').at(-1)}`);
          expect([...new Set(touched)].sort()).toEqual(touches);
        },
        STEP,
      );
    });

    it(
      'takes everything down again',
      async () => {
        for (const { name } of DEPLOYMENTS) expectDone(await stackOf(name).destroy());
        expectDone(await foundation.destroy());
        const count = (kind: string) => standIn.changes.filter((change) => change.kind === kind).length;
        expect(count('create')).toBeGreaterThan(0);
        // The old guardrail version stays on purpose until its guardrail goes.
        expect(count('create') - count('delete')).toBe(0);
      },
      5 * STEP,
    );
  });

  describe.each(['staging', 'production'])('in %s', (environment) => {
    it('deploys the foundation', async () => expectDone(await (await foundationIn(environment)).up()), STEP);

    it.each(DEPLOYMENTS)(
      'previews $name',
      async (deployment) => expectDone(await (await deploy(engine, home, deployment, environment)).preview()),
      STEP,
    );
  });
});

function expectDone({ code, output }: Outcome): void {
  expect(code, output).toBe(0);
}
