export {
  CLASSIFICATION_ID,
  createWordPieceTokenizer,
  PAD_ID,
  SEPARATOR_ID,
  UNKNOWN_ID,
  type EncodeOptions,
  type Encoding,
  type Offset,
  type WordPieceTokenizer,
} from './word-piece.ts';
