import { parseEnvironment, PlatformError } from '@plinth/contracts';
import { LocalEnvironment } from './environment.ts';
import { DEFAULT_CACHE_DIR } from './start-local.ts';
import { locateWeights } from './weights/locate-weights.ts';
import { MINILM_L6_INT8, SMOLLM2_135M, type KnownModel } from './weights/manifest.ts';

/** Entry point: puts the models' weights where the server looks for them, so that what comes after need not wait. */
const environment = parseEnvironment(LocalEnvironment, process.env);
try {
  await locate(SMOLLM2_135M, environment.PLINTH_MODEL_PATH);
  if (environment.PLINTH_EMBEDDINGS !== 'off') await locate(MINILM_L6_INT8, environment.PLINTH_EMBEDDING_MODEL_PATH);
} catch (error) {
  process.stderr.write(`  ${PlatformError.from(error).message}\n`);
  process.exit(1);
}

async function locate(model: KnownModel, modelPath: string | undefined): Promise<void> {
  let shown = -1;
  await locateWeights({
    model,
    modelPath,
    cacheDir: environment.PLINTH_MODEL_CACHE ?? DEFAULT_CACHE_DIR,
    onProgress({ source, receivedBytes, totalBytes }) {
      const quarter = Math.floor((receivedBytes / totalBytes) * 4);
      if (quarter !== shown) process.stderr.write(`  Fetching ${model.id} from ${source}: ${quarter * 25} %\n`);
      shown = quarter;
    },
  });
}
