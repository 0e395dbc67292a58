import type { Report } from '../rule.ts';
import { isUnknown } from '../unknown.ts';

const DIGEST = /@sha256:[0-9a-f]{64}$/;

/** An image is pinned when its name ends in a digest. Of an unknown one a plan often knows how the name ends. */
export function judgePinned(image: unknown, where: string, report: Report, urn?: string): void {
  const text = isUnknown(image) ? image.template : image;
  if (typeof text === 'string' && DIGEST.test(text)) return;
  // What ends in a placeholder may yet end in a digest.
  if (isUnknown(image) && (text === undefined || /»$/.test(String(text)))) return report.notYetKnown(image, urn);
  report.violation(`The image of ${where} is not pinned by digest: ${String(text ?? 'none')}.`, urn);
}
