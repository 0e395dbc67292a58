/** Families with NVMe disks of their own (EC2 user guide, "Instance store volumes", looked up 2026-11-25). */
const WITH_DISKS =
  /^ml\.(g4dn|g5|g6|g6e|gr6|g7e|p3dn|p4d|p4de|p5|p5e|p5en|p6[a-z0-9-]*|trn1|trn1n|trn2|[cmr]\d+[a-z]*d[a-z]*)\./;

/**
 * Whether models lie on the instance's own disks. Those are encrypted by the instance's hardware, and SageMaker refuses an
 * endpoint that names a key or a volume size for them (API reference, CreateEndpointConfig, KmsKeyId).
 */
export function hasOwnDisks(instanceType: string): boolean {
  return WITH_DISKS.test(instanceType);
}
