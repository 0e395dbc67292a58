import type { ModelClient } from '@plinth/models';
import { expect, it } from 'vitest';
import { routeStates } from './route-states.ts';
import { createRouter } from './routing.ts';
import { aModel } from './testing/samples.ts';
import { says, ScriptedModel } from './testing/scripted-model.ts';

it('tells of models with several places how those do, and of others nothing', () => {
  const pools = [{ id: 'own', owner: 'own' as const, local: true, members: [] }];
  const clients: Record<string, ModelClient> = {
    one: new ScriptedModel(says([])),
    many: Object.assign(new ScriptedModel(says([])), { places: () => pools }),
  };
  const router = createRouter([aModel({ id: 'one' }), aModel({ id: 'many' })], ({ id }) => clients[id]!);
  expect(routeStates(router)).toEqual([{ model: 'many', pools }]);
});
