import { prices } from '@plinth/sizing';
import { always, forRequests, type Estimator } from '../estimator.ts';
import { listAt } from '../read.ts';

export const waf: Estimator = {
  types: ['aws:wafv2/webAcl:WebAcl'],
  charges: ({ props }) => [
    { what: 'Web ACL', price: prices.webAcl, quantity: always(1) },
    { what: 'Rules', price: prices.webAclRule, quantity: always(listAt(props, 'rules').length) },
    {
      what: 'Requests inspected',
      price: prices.webAclRequests,
      quantity: forRequests(1 / 1e6),
      note: 'requests it turns away are inspected, too, and nothing bounds those',
    },
  ],
};
