import { PolicyPack } from '@pulumi/policy';
import { policiesOf, RULES } from '../src/index.ts';

new PolicyPack('plinth-genai', { policies: policiesOf(RULES, 'genai', { environment: process.env['PLINTH_ENV'] }) });
