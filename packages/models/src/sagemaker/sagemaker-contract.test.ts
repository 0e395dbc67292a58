import { describeModelClientContract } from '../testing/model-client-contract.ts';
import { sagemakerHarness } from '../testing/sagemaker-harness.ts';

describeModelClientContract(sagemakerHarness);
