import { hasLocalDisks } from '../../accelerators.ts';
import { judgeCustomerKey } from '../../judge.ts';
import { ADVISE_IN_DEV } from '../../levels.ts';
import { CHECKOV } from '../../links.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

export const endpointEncryption = defineRule({
  id: 'sagemaker-endpoint-encryption',
  requirement: 7,
  pack: 'baseline',
  title: 'Volumes of endpoints are encrypted under a customer-managed key',
  description:
    'The volume holds the weights and what requests leave behind. Instances with disks of their own encrypt those in hardware, and SageMaker refuses a key for them.',
  severity: 'medium',
  levels: ADVISE_IN_DEV,
  remediation: 'Set kmsKeyArn; leave it out only where a variant uses instances with local disks, as ml.g5 and ml.g6.',
  source: { controls: ['CKV_AWS_98'], url: CHECKOV },
  types: ['aws:sagemaker/endpointConfiguration:EndpointConfiguration'],
  check(configuration, report) {
    const variants = configuration.productionVariants;
    if (isUnknown(variants)) return report.notYetKnown(variants);
    const types = variants.map((variant) => (isUnknown(variant) ? variant : variant.instanceType));
    const onLocalDisks = types.some((type) => typeof type === 'string' && hasLocalDisks(type));
    const key = configuration.kmsKeyArn;
    if (onLocalDisks) {
      if (key !== undefined)
        report.violation('AWS refuses a volume key for instances with local disks: the endpoint could not be created.');
      return;
    }
    // Whether a key is wanted or refused, the instance type decides.
    const unknown = types.find(isUnknown);
    if (unknown !== undefined) report.notYetKnown(unknown);
    else judgeCustomerKey(key, report, 'The volume of the endpoint');
  },
});
