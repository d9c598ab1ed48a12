/**
 * A kernel over a table of tensors: the table's address, the numbers that `assembly/` names, then the range of blocks and
 * scratch memory.
 */
export type TableKernel = (table: number, ...numbers: number[]) => void;

/** A kernel for `WasmEngine.split`, called by nothing else; `assembly/` names its numbers. */
export type RangeKernel = (...numbers: number[]) => void;
