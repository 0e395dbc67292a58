import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as aws from '@pulumi/aws';
import { describe, expect, it } from 'vitest';
import { RULES, ruleById } from './catalogue.ts';
import { REQUIREMENTS } from './requirements.ts';
import { isTaggable } from './taggable-types.ts';

/** `aws:kms/key:Key` -> the class aws.kms.Key. */
function classOf(token: string): unknown {
  const [, module = '', name = ''] = /^aws:([^/]+)\/[^:]+:(.+)$/.exec(token) ?? [];
  const namespace: unknown = Reflect.get(aws, module);
  return typeof namespace === 'object' && namespace !== null ? Reflect.get(namespace, name) : undefined;
}

const KUBERNETES = dirname(createRequire(import.meta.url).resolve('@pulumi/kubernetes/package.json'));

/** Source of the class of `kubernetes:apps/v1:Deployment`, found without loading a megabyte of SDK. */
function sourceOf(token: string): string {
  const [, group = '', version = '', kind = ''] = /^kubernetes:([^/.]+)[^/]*\/([^:]+):(.+)$/.exec(token) ?? [];
  const file = join(KUBERNETES, group, version, `${kind.charAt(0).toLowerCase()}${kind.slice(1)}.js`);
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
}

describe('the catalogue', () => {
  it('names every rule once, in kebab case', () => {
    const ids = RULES.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
    expect(ruleById('kms-key-rotation')?.requirement).toBe(1);
  });

  it('serves only requirements of its own pack', () => {
    for (const { id, pack, requirement } of RULES)
      expect(REQUIREMENTS.find(({ number }) => number === requirement)?.pack, id).toBe(pack);
    expect(REQUIREMENTS.map(({ number }) => number)).toEqual(Array.from({ length: 46 }, (_, index) => index + 1));
  });

  it('says for every rule what to do and where it comes from', () => {
    for (const rule of RULES) {
      expect(rule.title, rule.id).not.toMatch(/\.$/);
      expect(rule.description, rule.id).toMatch(/\.$/);
      expect(rule.remediation, rule.id).toMatch(/^[A-Z].*\.$/);
      expect(new URL(rule.source.url).protocol, rule.id).toBe('https:');
      expect(rule.levels.production, rule.id).toBe('mandatory');
    }
  });

  it('uses type tokens that the provider has', () => {
    for (const rule of RULES)
      for (const type of rule.kind === 'resource' ? rule.types : [])
        if (type.startsWith('aws:')) expect(Reflect.get(Object(classOf(type)), '__pulumiType'), rule.id).toBe(type);
    const declared = readFileSync(new URL('./resource-types.ts', import.meta.url), 'utf8').match(/'aws:[^']+'/g) ?? [];
    for (const quoted of declared) {
      const token = quoted.slice(1, -1);
      expect(Reflect.get(Object(classOf(token)), '__pulumiType'), token).toBe(token);
    }
  });

  it('uses Kubernetes tokens that the provider has', () => {
    const declared =
      readFileSync(new URL('./resource-types.ts', import.meta.url), 'utf8').match(/kubernetes:[^']+/g) ?? [];
    expect(declared.length).toBeGreaterThan(5);
    for (const token of declared)
      // Node pools are of Karpenter's own kind: any token is good that says group, version and kind.
      if (!token.includes('karpenter.sh/v1:NodePool')) expect(sourceOf(token), token).toContain(`'${token}'`);
  });

  it('serves every requirement', () => {
    const served = new Set(RULES.map(({ requirement }) => requirement));
    expect(REQUIREMENTS.filter(({ number }) => !served.has(number))).toEqual([]);
  });

  it('is listed whole in the README', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    for (const { id } of RULES) expect(readme).toContain(`\`${id}\``);
  });
});

describe('isTaggable', () => {
  it.each([
    ['aws:kms/key:Key', true],
    ['aws:bedrock/inferenceProfile:InferenceProfile', true],
    ['aws:iam/rolePolicy:RolePolicy', false],
    ['plinth:governance:Key', false],
  ])('%s: %s', (type, taggable) => {
    expect(isTaggable(type)).toBe(taggable);
  });
});
