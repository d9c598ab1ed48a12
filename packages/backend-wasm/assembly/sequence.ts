// The way of a recurrent kernel through its part of a batch: groups of blocks, and in each the steps and the rows. Where it
// stands lies in scratch memory, because a kernel has no other memory and is called by several threads.

import { GATE_CONSTANTS, writeGateConstants } from './gates';
import { addRow, paddedBytes, padRow } from './recurrent';

/** Blocks that share one pass over the recurrent kernel: more would push their products out of the first cache. */
const GROUP: i32 = 4;
/** Rows of a group. */
export const ROWS: i32 = 4 * GROUP;

/** Bits of `options`. */
const BACKWARDS: i32 = 1, SEQUENCES: i32 = 2, STATE: i32 = 4;

/** Bytes of a Sequence, and of what it keeps for each row of a group behind it. */
const FIELDS: usize = 64;
const LIVE: usize = 4 * ROWS;
const HEAD: usize = GATE_CONSTANTS + FIELDS + LIVE;

/** Bytes of scratch memory that a range of a recurrent kernel needs. */
export function recurrentScratch(units: i32, gates: i32): f64 {
  return <f64>HEAD + <f64>paddedBytes(units) * <f64>(ROWS * (gates + 2) + gates);
}

@unmanaged
export class Sequence {
  batch: i32;
  time: i32;
  units: i32;
  options: i32;
  /** [batch, time], or 0 for none. */
  mask: usize;
  /** Rows of one example in the value: outputs, then the final states. */
  rows: i32;
  states: i32;
  /** The first block of the group, how many it has, and the first that is not in it. */
  first: i32;
  blocks: i32;
  end: i32;
  /** The first row of the group, and how many it has. */
  row0: i32;
  count: i32;

  /** Constants of the gates. */
  @inline
  get constants(): usize {
    return changetype<usize>(this) - GATE_CONSTANTS;
  }

  /** Scratch memory that is free. */
  @inline
  get room(): usize {
    return changetype<usize>(this) + FIELDS + LIVE;
  }

  /** Bytes of a row of the value. */
  @inline
  get width(): usize {
    return <usize>this.units << 2;
  }

  /** The place in time of the step that is read at `step`. */
  @inline
  timeOf(step: i32): i32 {
    return this.options & BACKWARDS ? this.time - 1 - step : step;
  }

  /** Which of the rows of what is inside belongs to row `r` of the group at a step. */
  @inline
  place(r: i32, step: i32): usize {
    return <usize>(this.timeOf(step) * this.batch + this.row0 + r);
  }

  /** Whether the mask lets a row's step count. */
  @inline
  counts(r: i32, step: i32): bool {
    return this.mask == 0 || load<u8>(this.mask + <usize>((this.row0 + r) * this.time + this.timeOf(step))) != 0;
  }

  /** The state of a row after a step: that before the next one, or, after the last, a row of `final`. */
  @inline
  after(states: usize, final: usize, r: i32, step: i32): usize {
    const span = paddedBytes(this.units);
    return step == this.time - 1 ? final + span * r : states + span * this.place(r, step + 1);
  }

  /** The first step of a row that counts, `time` where none does: until then outputs are 0, whatever the initial state is. */
  @inline
  live(r: i32): i32 {
    return load<i32>(changetype<usize>(this) + FIELDS + (<usize>r << 2));
  }

  /** Where the value [batch, rows, units] has the output of a row at a step; 0 where it has none. */
  @inline
  output(value: usize, r: i32, step: i32): usize {
    if (!(this.options & SEQUENCES) && step < this.time - 1) return 0;
    return value + this.width * ((this.row0 + r) * this.rows + (this.options & SEQUENCES ? step : 0));
  }

  /** Where the value has the final state of a row. */
  @inline
  finalState(value: usize, state: i32, r: i32): usize {
    return value + this.width * ((this.row0 + r) * this.rows + this.rows - this.states + state);
  }
}

/** Starts before block `first`; `states` is how many a row has. Fills the head of the scratch memory. */
export function openSequence(
  scratch: usize, batch: i32, time: i32, units: i32, options: i32, states: i32, mask: usize, first: i32,
): Sequence {
  writeGateConstants(scratch);
  const s = changetype<Sequence>(scratch + GATE_CONSTANTS);
  s.batch = batch;
  s.time = time;
  s.units = units;
  s.options = options;
  s.mask = mask;
  s.rows = (options & SEQUENCES ? time : 1) + (options & STATE ? states : 0);
  s.states = states;
  s.end = first;
  return s;
}

/** Goes on to the next group; false where block `last` is reached. */
export function nextGroup(s: Sequence, last: i32): bool {
  const first = s.end, time = s.time;
  if (first >= last) return false;
  s.first = first;
  s.blocks = min(GROUP, last - first);
  s.end = first + s.blocks;
  s.row0 = first << 2;
  s.count = min(s.blocks << 2, s.batch - s.row0);
  for (let r = 0; r < s.count; r++) {
    let step = 0;
    while (step < time && !s.counts(r, step)) step++;
    store<i32>(changetype<usize>(s) + FIELDS + (<usize>r << 2), step);
  }
  return true;
}

/**
 * Where x W + b of a place is: at the place itself, or, where the rows of x are kept once each, at the one that `index`
 * names.
 */
@inline
export function projectionOf(projected: usize, index: usize, place: usize, bytes: usize): usize {
  return projected + bytes * (index ? load<u32>(index + (place << 2)) : place);
}

/** The initial states [batch, units], zeros from 0, into `states` before the first step. */
export function readInitial(s: Sequence, initial: usize, states: usize): void {
  const span = paddedBytes(s.units);
  for (let r = 0; r < s.count; r++) {
    padRow(states + span * s.place(r, 0), initial ? initial + s.width * (s.row0 + r) : 0, s.units);
  }
}

/** Puts a row's state after a step into the value, zeros before the first that counts. */
export function writeOutput(s: Sequence, r: i32, step: i32, hidden: usize, value: usize): void {
  const to = s.output(value, r, step);
  if (to == 0) return;
  if (step < s.live(r)) memory.fill(to, 0, s.width);
  else memory.copy(to, hidden, s.width);
}

/** Puts the final states `state` of a group into the value, if they are asked for. */
export function writeFinal(s: Sequence, state: i32, final: usize, value: usize): void {
  if (!(s.options & STATE)) return;
  const span = paddedBytes(s.units);
  for (let r = 0; r < s.count; r++) memory.copy(s.finalState(value, state, r), final + span * r, s.width);
}

/** The reverse of {@link writeFinal}: the gradients of the final states, zeros where none are asked for. */
export function readFinal(s: Sequence, state: i32, d: usize, dy: usize): void {
  const span = paddedBytes(s.units);
  memory.fill(d, 0, span * ROWS);
  if (!(s.options & STATE)) return;
  for (let r = 0; r < s.count; r++) memory.copy(d + span * r, s.finalState(dy, state, r), s.width);
}

/** The reverse of {@link writeOutput}: adds what a row's output at a step passes back. */
export function addOutput(s: Sequence, r: i32, step: i32, dh: usize, dy: usize): void {
  const from = s.output(dy, r, step);
  if (from != 0 && step >= s.live(r)) addRow(dh, from, s.units);
}

/** The reverse of {@link readInitial}: puts the gradients of a group into [batch, units], nowhere for 0. */
export function writeInitial(s: Sequence, d: usize, initial: usize): void {
  if (initial == 0) return;
  const span = paddedBytes(s.units);
  for (let r = 0; r < s.count; r++) memory.copy(initial + s.width * (s.row0 + r), d + span * r, s.width);
}
