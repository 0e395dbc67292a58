import { createRouter } from '../create-router.ts';
import { describeModelClientContract } from '../../testing/model-client-contract.ts';
import { openaiHarness } from '../../testing/openai-harness.ts';
import { pooledCatalogModel } from '../../testing/pooled-models.ts';
import { createPooledModel } from './pooled-model.ts';

describeModelClientContract({
  ...openaiHarness,
  name: 'one pool of one server',
  connect(server, limits) {
    const model = pooledCatalogModel([{ id: 'own', owner: 'own', members: [{ id: 'a', slots: 64 }] }]);
    const clients = new Map([['a', openaiHarness.connect(server, limits)]]);
    return createPooledModel({ model, clients, router: createRouter({ pools: model.target.pools }) });
  },
});
