// The bits of a scan. A marker ends them; after it come zeros, and whoever takes one of those has read too far.

let at: usize = 0;
let end: usize = 0;
let ahead: u64 = 0;
let count: i32 = 0;
/** Of the bits ahead, how many were made up. */
let invented: i32 = 0;
let failed: bool = false;

export function startBits(from: usize, to: usize): void {
  at = from;
  end = to;
  failed = false;
  dropBits();
}

/** Forgets what is left of the last byte. */
export function dropBits(): void {
  ahead = 0;
  count = 0;
  invented = 0;
}

export function position(): usize {
  return at;
}

@inline export function fail(): void {
  failed = true;
}

/** Whether a code was none, or bits were taken that are not there. */
@inline export function isBroken(): bool {
  return failed || invented > count;
}

/** Sees to it that there are 32 bits. */
@inline export function needBits(): void {
  if (count < 32) fill();
}

function fill(): void {
  while (count <= 48) {
    let byte: u64 = 0;
    if (invented == 0 && at < end) {
      byte = load<u8>(at);
      if (byte != 0xff) at++;
      else {
        let next = at + 1;
        while (next < end && load<u8>(next) == 0xff) next++;
        if (next < end && load<u8>(next) == 0) at = next + 1;
        else {
          byte = 0;
          invented += 8;
        }
      }
    } else invented += 8;
    ahead = (ahead << 8) | byte;
    count += 8;
  }
}

@inline export function peekBits(size: i32): i32 {
  return <i32>(ahead >> <u64>(count - size)) & ((1 << size) - 1);
}

@inline export function skipBits(size: i32): void {
  count -= size;
}

@inline export function readBits(size: i32): i32 {
  count -= size;
  return <i32>(ahead >> <u64>count) & ((1 << size) - 1);
}

/** One bit, wherever the reader stands. */
@inline export function nextBit(): i32 {
  if (count < 1) fill();
  return readBits(1);
}

/** The address of the next marker, or the end. */
export function nextMarker(): usize {
  while (at + 1 < end) {
    if (load<u8>(at) == 0xff && load<u8>(at + 1) != 0 && load<u8>(at + 1) != 0xff) return at;
    at++;
  }
  at = end;
  return end;
}

/** Goes on behind the marker `code`, if it is the next one. */
export function skipMarker(code: u8): bool {
  dropBits();
  const marker = nextMarker();
  if (marker >= end || load<u8>(marker + 1) != code) return false;
  at = marker + 2;
  return true;
}
