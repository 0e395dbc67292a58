import { patternDetector, type Detector } from './detector.ts';

/**
 * Words by which a text talks to the model that reads it, rather than to a person: looked for in documents alone, where nobody has a reason to
 * give a model orders. A net with holes, as any list of words is; what holds without it is that documents stand between markers that they cannot
 * forge, and that what is written from them is held against them. Patterns are linear in the text: repeats are bounded.
 */
const PATTERNS: Readonly<Record<string, RegExp>> = {
  'injection:override':
    /\b(?:ignore|disregard|forget|override|bypass)\s{1,8}(?:(?:all|any|every|the|your|of|these|those|my)\s{1,8}){0,4}(?:(?:previous|prior|above|earlier|preceding|former|system|original)\s{1,8}){1,2}(?:\w{1,20}\s{1,8})?(?:instructions?|prompts?|rules?|directions?|guidelines?|messages?|context)\b/gi,
  'injection:role':
    /<\|(?:im_start|im_end|system|user|assistant|endoftext|eot_id|start_header_id|end_header_id|begin_of_text)\|>|\[\/?INST\]|<<\/?SYS>>|<\/?(?:system|assistant)>|^#{2,4} ?(?:system|assistant|instruction)s? ?:/gim,
  'injection:persona':
    /\b(?:you are now|from now on,? you (?:are|will|must)|act as (?:if you were )?(?:a|an|the) (?:unrestricted|unfiltered|jailbroken)|enter (?:developer|debug|god|dan) mode)\b/gi,
  'injection:prompt':
    /\b(?:reveal|print|repeat|output|show|leak|disclose)\s{1,8}(?:(?:me|us|all|of|your|the|its)\s{1,8}){0,4}(?:(?:system|hidden|initial|secret)\s{1,8}){1,2}(?:prompts?|instructions?|messages?)\b/gi,
  'injection:hidden':
    /\b(?:do not|don't|never)\s{1,8}(?:tell|inform|mention|reveal|show)\b.{0,40}\bto the user\b|\b(?:do not|don't|never)\s{1,8}(?:tell|inform) the user\b/gi,
};

export function injectionDetectors(action: 'off' | 'redact' | 'block'): Detector[] {
  if (action === 'off') return [];
  return Object.entries(PATTERNS).map(([name, pattern]) => patternDetector(name, action, pattern));
}
