/** Pages the controls are described on. */
export const securityHub = (service: string, control: string): string =>
  `https://docs.aws.amazon.com/securityhub/latest/userguide/${service}-controls.html#${control.toLowerCase().replace('.', '-')}`;

export const bedrockGuide = (page: string): string =>
  `https://docs.aws.amazon.com/bedrock/latest/userguide/${page}.html`;

export const CHECKOV = 'https://www.checkov.io/5.Policy%20Index/terraform.html';
export const CDK_NAG = 'https://github.com/cdklabs/cdk-nag/blob/main/RULES.md';
export const CHECKOV_KUBERNETES = 'https://www.checkov.io/5.Policy%20Index/kubernetes.html';
