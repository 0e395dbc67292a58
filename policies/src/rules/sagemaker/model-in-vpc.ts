import { ADVISE_IN_DEV } from '../../levels.ts';
import { securityHub } from '../../links.ts';
import { at, listAt, textOf } from '../../read.ts';
import { defineStackRule, type Report } from '../../rule.ts';
import { containersOfModel, isServerless } from '../../sagemaker.ts';
import { isUnknown } from '../../unknown.ts';

/** Private ECR: the account's own, or AWS's for its deep learning containers. */
const ECR = /(^\d{12}|»)\.dkr\.ecr\.[a-z0-9«»:.-]+\.amazonaws\.com(\.cn)?\/|^«repository:[^»]+\.repositoryUrl»/;

export const modelInVpc = defineStackRule({
  id: 'sagemaker-model-in-vpc',
  requirement: 16,
  pack: 'baseline',
  title: 'Models run in a VPC and their images come from a private registry',
  description:
    'In the VPC, security groups and endpoint policies hold; a public registry can serve another image tomorrow.',
  severity: 'high',
  levels: ADVISE_IN_DEV,
  remediation:
    'Set vpcConfig with subnets and security groups; keep the image in ECR, or set imageConfig.repositoryAccessMode to Vpc.',
  source: { controls: ['SageMaker.16'], url: securityHub('sagemaker', 'SageMaker.16') },
  check(stack, report) {
    for (const model of stack.ofType('aws:sagemaker/model:Model')) {
      if (isServerless(stack, model)) continue;
      judgeVpc(model.props, report, model.urn);
      const containers = containersOfModel(model.props);
      if (isUnknown(containers)) report.notYetKnown(containers, model.urn);
      else for (const container of containers) judgeRegistry(container, report, model.urn);
    }
  },
});

function judgeVpc(model: unknown, report: Report, urn: string): void {
  for (const part of ['subnets', 'securityGroupIds']) {
    const list = listAt(model, 'vpcConfig', part);
    // A list that is not known yet is one all the same: AWS takes no empty list here.
    if (isUnknown(list)) report.notYetKnown(list, urn);
    else if (list.length === 0) return report.violation('The model is not in a VPC.', urn);
  }
}

/** AWS reads `Vpc` as "a Docker registry in your VPC" and takes `Platform` alone for ECR, which is private as it is. */
function judgeRegistry(container: unknown, report: Report, urn: string): void {
  const image = at(container, 'image');
  if (image === undefined) return; // A model package brings its own.
  if (ECR.test(textOf(image) ?? '')) return;
  const mode = at(container, 'imageConfig', 'repositoryAccessMode');
  if (mode === 'Vpc') return;
  if (isUnknown(mode)) report.notYetKnown(mode, urn);
  else if (isUnknown(image) && textOf(image) === undefined) report.notYetKnown(image, urn);
  else report.violation('The image comes from a registry outside the VPC and outside ECR.', urn);
}
