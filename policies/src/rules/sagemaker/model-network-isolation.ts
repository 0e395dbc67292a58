import { judge } from '../../judge.ts';
import { ALWAYS } from '../../levels.ts';
import { securityHub } from '../../links.ts';
import { defineStackRule } from '../../rule.ts';
import { isServerless } from '../../sagemaker.ts';

export const modelNetworkIsolation = defineStackRule({
  id: 'sagemaker-model-network-isolation',
  requirement: 15,
  pack: 'baseline',
  title: 'Model containers have no way out',
  description:
    'Weights and serving code come from elsewhere. Isolated, whatever is in them can call nobody and sees no credentials.',
  severity: 'high',
  levels: ALWAYS,
  remediation: 'Set enableNetworkIsolation to true, and hand the weights over as modelDataSource.',
  source: { controls: ['SageMaker.5', 'CKV_AWS_370'], url: securityHub('sagemaker', 'SageMaker.5') },
  check(stack, report) {
    for (const model of stack.ofType('aws:sagemaker/model:Model'))
      if (!isServerless(stack, model))
        judge(
          model.props.enableNetworkIsolation,
          report,
          (on) => on === true,
          'The containers of the model may call anybody.',
          model.urn,
        );
  },
});
