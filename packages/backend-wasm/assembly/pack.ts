// Copies a block of a matrix into panels of `width` lanes (rows of A, columns of B), depth by depth, zeros where a panel is
// not full: what the tile loop of gemm reads straight through.

/** Lanes that are packed at a time: more would write to more places than the first cache can hold. */
const WIDE: i32 = 256;

/** Four lanes whose elements follow each other in depth: 4 x 4 transposes. */
@inline
function packDeep(to: usize, step: usize, depth: i32, from: usize, laneBytes: usize): void {
  const s1 = from + laneBytes, s2 = s1 + laneBytes, s3 = s2 + laneBytes;
  let at: usize = 0;
  let left = depth;
  for (; left >= 4; left -= 4) {
    const x0 = v128.load(from + at), x1 = v128.load(s1 + at), x2 = v128.load(s2 + at), x3 = v128.load(s3 + at);
    const low01 = v128.shuffle<f32>(x0, x1, 0, 4, 1, 5), low23 = v128.shuffle<f32>(x2, x3, 0, 4, 1, 5);
    const high01 = v128.shuffle<f32>(x0, x1, 2, 6, 3, 7), high23 = v128.shuffle<f32>(x2, x3, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f64>(low01, low23, 0, 2));
    to += step;
    v128.store(to, v128.shuffle<f64>(low01, low23, 1, 3));
    to += step;
    v128.store(to, v128.shuffle<f64>(high01, high23, 0, 2));
    to += step;
    v128.store(to, v128.shuffle<f64>(high01, high23, 1, 3));
    to += step;
    at += 16;
  }
  for (; left > 0; left--) {
    store<f32>(to, load<f32>(from + at));
    store<f32>(to, load<f32>(s1 + at), 4);
    store<f32>(to, load<f32>(s2 + at), 8);
    store<f32>(to, load<f32>(s3 + at), 12);
    to += step;
    at += 4;
  }
}

/** Up to four lanes in any layout, one after the other; zeros for those that are missing. */
function packSlow(to: usize, step: usize, depth: i32, from: usize, laneBytes: usize, depthBytes: usize, lanes: i32): void {
  for (let lane = 0; lane < 4; lane++) {
    let at = from, put = to;
    if (lane < lanes) {
      for (let k = 0; k < depth; k++, at += depthBytes, put += step) store<f32>(put, load<f32>(at));
    } else {
      for (let k = 0; k < depth; k++, put += step) store<f32>(put, 0);
    }
    from += laneBytes;
    to += 4;
  }
}

/** Whole panels whose lanes lie beside each other, all of them at each step of the depth: memory is read row by row. */
function packWide(to: usize, width: i32, lanes: i32, depth: i32, from: usize, depthBytes: usize): void {
  const step = <usize>width << 2;
  const panelBytes = step * <usize>depth;
  const rowBytes = <usize>lanes << 2;
  for (let k = 0; k < depth; k++) {
    let put = to;
    const end = from + rowBytes;
    if (width == 8) {
      for (let at = from; at < end; at += 32, put += panelBytes) {
        v128.store(put, v128.load(at));
        v128.store(put, v128.load(at, 16), 16);
      }
    } else {
      for (let at = from; at < end; at += 16, put += panelBytes) v128.store(put, v128.load(at));
    }
    from += depthBytes;
    to += step;
  }
}

/**
 * Packs `lanes` lanes of `depth` elements into panels of `width` (4 or 8) lanes. Strides are in floats: `laneStride` from
 * lane to lane, `depthStride` along the depth.
 */
export function packPanels(to: usize, width: i32, lanes: i32, depth: i32, from: usize, laneStride: i32, depthStride: i32): void {
  const laneBytes = <usize>laneStride << 2;
  const depthBytes = <usize>depthStride << 2;
  const step = <usize>width << 2;
  const panelBytes = step * <usize>depth;
  let lane = 0;
  if (laneStride == 1) {
    while (lanes - lane >= width) {
      const live = min(WIDE, (lanes - lane) / width * width);
      packWide(to, width, live, depth, from, depthBytes);
      lane += live;
      from += <usize>live << 2;
      to += <usize>(live / width) * panelBytes;
    }
  }
  for (; lane < lanes; lane += width) {
    for (let group = 0; group < width; group += 4) {
      const source = from + <usize>group * laneBytes;
      const target = to + (<usize>group << 2);
      const inGroup = lanes - lane - group;
      if (inGroup >= 4 && depthStride == 1) packDeep(target, step, depth, source, laneBytes);
      else packSlow(target, step, depth, source, laneBytes, depthBytes, inGroup);
    }
    from += <usize>width * laneBytes;
    to += panelBytes;
  }
}
