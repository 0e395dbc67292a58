import { judge } from '../../judge.ts';
import { ADVISE_IN_DEV } from '../../levels.ts';
import { securityHub } from '../../links.ts';
import { defineRule } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

export const repositoryImmutableAndScanned = defineRule({
  id: 'ecr-repository-immutable-scanned',
  requirement: 6,
  pack: 'baseline',
  title: 'Image repositories keep tags as they were pushed and scan what is pushed',
  description: 'A tag that can be moved runs other code tomorrow; an image nobody scans carries yesterday’s holes.',
  severity: 'high',
  levels: ADVISE_IN_DEV,
  remediation: 'Set imageTagMutability to IMMUTABLE and imageScanningConfiguration to { scanOnPush: true }.',
  source: { controls: ['ECR.1', 'ECR.2', 'CKV_AWS_51', 'CKV_AWS_163'], url: securityHub('ecr', 'ECR.2') },
  types: ['aws:ecr/repository:Repository'],
  check(repository, report) {
    judge(
      repository.imageTagMutability,
      report,
      (mutability) => mutability === 'IMMUTABLE', // with exclusions, some tags can still be moved
      'Tags of the repository can be moved.',
    );
    const scanning = repository.imageScanningConfiguration;
    if (isUnknown(scanning)) report.notYetKnown(scanning);
    else judge(scanning?.scanOnPush, report, (on) => on === true, 'Images are not scanned when they are pushed.');
  },
});
