import { describe, expect, it } from 'vitest';
import { createRouter } from './routing.ts';
import { aModel } from './testing/samples.ts';
import { ScriptedModel } from './testing/scripted-model.ts';

describe('a router', () => {
  it('opens each model once and finds it by the name callers use', () => {
    const opened: string[] = [];
    const catalog = [aModel({ id: 'a' }), aModel({ id: 'b' })];
    const router = createRouter(catalog, (model) => (opened.push(model.id), new ScriptedModel([])));
    expect(router.resolve('b')).toBe(router.resolve('b'));
    expect(router.resolve('a').model).toBe(catalog[0]);
    expect(opened).toEqual(['a', 'b']);
  });

  it('names some of the models there are, and never the one asked for, when there is none of that name', () => {
    const catalog = Array.from({ length: 20 }, (_, n) => aModel({ id: `model-${n}` }));
    const router = createRouter(catalog, () => new ScriptedModel([]));
    for (const id of ['<script>', '__proto__', 'constructor']) {
      expect(() => router.resolve(id)).toThrow(expect.objectContaining({ code: 'model_not_found', param: 'model' }));
      expect(() => router.resolve(id)).not.toThrow(id);
    }
    expect(() => router.resolve('x')).toThrow(/model-0.*model-7\. /);
  });
});
