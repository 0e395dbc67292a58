import { parseEnvironment, PlatformError } from '@plinth/contracts';
import { LocalEnvironment } from './environment.ts';
import { DEFAULT_CACHE_DIR } from './start-local.ts';
import { locateWeights } from './weights/locate-weights.ts';

/** Entry point: puts the model's weights where the server looks for them, so that what comes after need not wait. */
const environment = parseEnvironment(LocalEnvironment, process.env);
try {
  let shown = -1;
  await locateWeights({
    modelPath: environment.PLINTH_MODEL_PATH,
    cacheDir: environment.PLINTH_MODEL_CACHE ?? DEFAULT_CACHE_DIR,
    onProgress({ source, receivedBytes, totalBytes }) {
      const quarter = Math.floor((receivedBytes / totalBytes) * 4);
      if (quarter !== shown) process.stderr.write(`  Fetching the model from ${source}: ${quarter * 25} %\n`);
      shown = quarter;
    },
  });
} catch (error) {
  process.stderr.write(`  ${PlatformError.from(error).message}\n`);
  process.exit(1);
}
