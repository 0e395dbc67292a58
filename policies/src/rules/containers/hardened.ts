import type { ConfinedContainer } from '../../containers/container.ts';
import { judgePinned } from '../../containers/image.ts';
import { containersOfPod, podTemplateOf, WORKLOAD_TYPES } from '../../containers/kubernetes-pods.ts';
import { containersOfTask } from '../../containers/task-definition.ts';
import { ADVISE_IN_DEV } from '../../levels.ts';
import { CHECKOV_KUBERNETES } from '../../links.ts';
import { at } from '../../read.ts';
import { defineRule, type Report } from '../../rule.ts';
import { isUnknown } from '../../unknown.ts';

const TASK = 'aws:ecs/taskDefinition:TaskDefinition';

export const hardenedContainers = defineRule({
  id: 'containers-hardened',
  requirement: 14,
  pack: 'baseline',
  title: 'Containers run unprivileged, as a user, on a read-only root, from images pinned by digest',
  description: 'A hole in a model server then ends in the container, and what runs is what was scanned.',
  severity: 'high',
  levels: ADVISE_IN_DEV,
  remediation:
    'Set a user other than root, a read-only root file system (with volumes where it must write), no privileges, and name the image by digest, as repository@sha256:….',
  source: {
    controls: [
      'CKV_K8S_16',
      'CKV_K8S_20',
      'CKV_K8S_22',
      'CKV_K8S_23',
      'CKV_K8S_43',
      'CKV_AWS_334',
      'CKV_AWS_336',
      'ECS.4',
      'ECS.5',
      'ECS.20',
    ],
    url: CHECKOV_KUBERNETES,
  },
  types: [...WORKLOAD_TYPES, TASK],
  check(workload, report, { resource }) {
    const containers =
      resource.type === TASK
        ? containersOfTask(at(workload, 'containerDefinitions'))
        : containersOfPod(podTemplateOf(resource.type, workload));
    if (containers === 'unreadable') return report.violation('The container definitions are not a JSON list.');
    if (isUnknown(containers)) return report.notYetKnown(containers);
    if (containers.length === 0) return report.violation('It has no container.');
    for (const container of containers) judgeContainer(container, report);
  },
});

function judgeContainer({ name, image, confinement }: ConfinedContainer, report: Report): void {
  const { nonRoot, privileged, readOnlyRoot, escalation } = confinement;
  const expect = (value: unknown, holds: (known: unknown) => boolean, what: string) => {
    if (isUnknown(value)) report.notYetKnown(value);
    else if (!holds(value)) report.violation(`The container ${name} ${what}.`);
  };
  expect(nonRoot, (known) => known === true, 'may run as root');
  expect(privileged, (known) => known === undefined || known === false, 'is privileged');
  expect(readOnlyRoot, (known) => known === true, 'can write to its root file system');
  if (escalation !== 'not-applicable') expect(escalation, (known) => known === false, 'may gain privileges');
  judgePinned(image, `the container ${name}`, report);
}
