import { converseHarness, invokeLlamaHarness } from '../testing/bedrock-harness.ts';
import { describeModelClientContract } from '../testing/model-client-contract.ts';

describeModelClientContract(converseHarness);
describeModelClientContract(invokeLlamaHarness);
