import type { Piece } from './pieces.ts';

/**
 * Pieces, block by block, packed into runs of at most `room` tokens. A block that fits into a run is not parted: where it does not fit into what is
 * left of one, the next begins. Each run begins with the end of the one before, at most `overlap` tokens and whole pieces.
 */
export function packPieces(blocks: readonly (readonly Piece[])[], room: number, overlap: number): Piece[][] {
  const runs: Piece[][] = [];
  let run: Piece[] = [];
  let used = 0;
  const makeRoom = (tokens: number): void => {
    if (used + tokens <= room || run.length === 0) return;
    runs.push(run);
    run = tailOf(run, Math.min(overlap, room - tokens));
    used = tokensOf(run);
  };
  for (const pieces of blocks) {
    const whole = tokensOf(pieces);
    if (whole <= room) makeRoom(whole);
    for (const piece of pieces) {
      makeRoom(piece.tokens);
      run.push(piece);
      used += piece.tokens;
    }
  }
  if (run.length > 0) runs.push(run);
  return runs;
}

function tokensOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { tokens }) => sum + tokens, 0);
}

function tailOf(run: readonly Piece[], most: number): Piece[] {
  const tail: Piece[] = [];
  let used = 0;
  for (const piece of [...run].reverse()) {
    used += piece.tokens;
    if (!piece.repeatable || used > most) break;
    tail.unshift(piece);
  }
  return tail;
}
