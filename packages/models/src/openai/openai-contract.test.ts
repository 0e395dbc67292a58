import { describeModelClientContract } from '../testing/model-client-contract.ts';
import { openaiHarness } from '../testing/openai-harness.ts';

describeModelClientContract(openaiHarness);
