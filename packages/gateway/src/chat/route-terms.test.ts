import { expect, it } from 'vitest';
import { guardsInOrder } from '../guard/in-order.ts';
import { createLocalGuard } from '../guard/local/index.ts';
import { GUARD } from '../testing/gateway-harness.ts';
import { aModel, anIdentity } from '../testing/samples.ts';
import { says, ScriptedModel } from '../testing/scripted-model.ts';
import { routeOnTerms, routeTerms } from './route-terms.ts';

const local = createLocalGuard(GUARD);
const away = guardsInOrder(local, { ...local, leavesSite: true });
const route = { model: aModel({ local: true }), client: new ScriptedModel(says([])) };
const stays = { class: 'interactive', stayLocal: true, tenant: 'acme' } as const;

it('lets data that must stay pass by nothing that shows it to others', () => {
  expect(routeOnTerms(route, stays, { guard: local })).toBe(route);
  expect(() => routeOnTerms(route, stays, { guard: away })).toThrow('guardrail');
  expect(() => routeOnTerms(route, stays, { guard: local, grounding: {} })).toThrow('looked up');
  expect(routeOnTerms(route, { ...stays, stayLocal: false }, { guard: away, grounding: {} })).toBe(route);
});

it('is of the class of its path, where that has one', () => {
  const request = { model: 'm', messages: [], route: { class: 'interactive' as const } };
  expect(routeTerms(anIdentity(), request, 'batch').class).toBe('batch');
  expect(routeTerms(anIdentity(), request, undefined).class).toBe('interactive');
});
