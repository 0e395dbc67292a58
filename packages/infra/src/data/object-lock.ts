import { StackError } from '../governance/stack-error.ts';

/** For how long nobody can delete or replace what was written. */
export interface ObjectLock {
  /** `compliance`: nobody at all, the account's root included. `governance`: nobody without the right to bypass it. */
  readonly mode: 'governance' | 'compliance';
  /** Days from the writing of each object. */
  readonly retentionDays: number;
}

interface Locked {
  readonly objectLock: ObjectLock;
  readonly expireAfterDays: number;
  readonly forceDestroy?: boolean;
}

/** @throws StackError for a bucket that promises to delete what it locks */
export function refuseLockedDeletion(name: string, { objectLock, expireAfterDays, forceDestroy }: Locked): void {
  if (objectLock.retentionDays > expireAfterDays)
    throw new StackError(
      `Bucket ${name} expires objects after ${expireAfterDays} days, but locks them for ${objectLock.retentionDays}. Set expireAfterDays to the longer of the two.`,
    );
  if (objectLock.mode === 'compliance' && forceDestroy === true)
    throw new StackError(
      `Bucket ${name} cannot be both compliance-locked and emptied by "pulumi destroy": not even AWS deletes its objects in time. Use governance, or leave forceDestroy out.`,
    );
}
