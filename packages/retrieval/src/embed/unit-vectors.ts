import { PlatformError } from '@plinth/contracts';

/** What a server says of texts, as vectors of unit length. Anything that is not one vector of the right size per text is `upstream_failed`. */
export function unitVectors(
  given: readonly unknown[],
  expected: { texts: number; dimensions: number },
): Float32Array[] {
  if (given.length !== expected.texts) throw wrongAnswer(`${given.length} vectors for ${expected.texts} texts`);
  return given.map((numbers) => {
    const vector = numbers instanceof Float32Array ? numbers : Float32Array.from(Array.isArray(numbers) ? numbers : []);
    if (vector.length !== expected.dimensions)
      throw wrongAnswer(`a vector of ${vector.length} numbers where the index has ${expected.dimensions}`);
    let squares = 0;
    for (const value of vector) squares += value * value;
    if (!Number.isFinite(squares) || squares === 0) throw wrongAnswer('a vector without a direction');
    const length = Math.sqrt(squares);
    return Math.abs(length - 1) < 1e-6 ? vector : vector.map((value) => value / length);
  });
}

function wrongAnswer(what: string): PlatformError {
  return new PlatformError(
    'upstream_failed',
    `The embedding model answered with ${what}. Check which model is configured.`,
  );
}
