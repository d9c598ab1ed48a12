/** One pass over the image. */
export interface Pass {
  /** The first column and row, and how far the next ones are. */
  readonly left: number;
  readonly top: number;
  readonly across: number;
  readonly down: number;
  /** How many columns and rows of the image it has, and bytes a row. */
  readonly columns: number;
  readonly rows: number;
  readonly stride: number;
}

/** `[first column, first row, column step, row step]` of the passes: one, or the seven of Adam7. */
const WHOLE = [[0, 0, 1, 1]] as const;
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** The passes of an image that have pixels; `bits` is the size of a pixel. */
export function passes(width: number, height: number, interlaced: boolean, bits: number): Pass[] {
  return (interlaced ? ADAM7 : WHOLE)
    .map(([left, top, across, down]) => {
      const columns = Math.max(0, Math.ceil((width - left) / across));
      const rows = Math.max(0, Math.ceil((height - top) / down));
      return { left, top, across, down, columns, rows, stride: Math.ceil((columns * bits) / 8) };
    })
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
}
