import { PolicyPack } from '@pulumi/policy';
import { policiesOf, RULES } from '../src/index.ts';

new PolicyPack('plinth-baseline', {
  policies: policiesOf(RULES, 'baseline', { environment: process.env['PLINTH_ENV'] }),
});
