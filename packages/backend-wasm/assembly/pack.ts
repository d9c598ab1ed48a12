// Copies a block of a matrix into panels of `width` lanes (rows of A, columns of B), depth by depth, zeros where a panel is
// not full: what the tile loop of gemm reads straight through.

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

/** Up to four lanes in any layout. */
function packSlow(to: usize, step: usize, depth: i32, from: usize, laneBytes: usize, depthBytes: usize, lanes: i32): void {
  for (let k = 0; k < depth; k++) {
    for (let lane = 0; lane < 4; lane++) {
      const value: f32 = lane < lanes ? load<f32>(from + <usize>lane * laneBytes) : 0;
      store<f32>(to + (<usize>lane << 2), value);
    }
    to += step;
    from += depthBytes;
  }
}

/** Sixteen lanes, or fewer in whole fours, that lie beside each other: a cache line is read once for all of them. */
function packWide(to: usize, width: i32, lanes: i32, depth: i32, from: usize, depthBytes: usize): void {
  const step = <usize>width << 2;
  const panelBytes = step * <usize>depth;
  const perPanel = width >> 2;
  const t1 = (1 / perPanel) * panelBytes + <usize>(1 % perPanel) * 16;
  const t2 = (2 / perPanel) * panelBytes + <usize>(2 % perPanel) * 16;
  const t3 = (3 / perPanel) * panelBytes + <usize>(3 % perPanel) * 16;
  for (let k = 0; k < depth; k++) {
    v128.store(to, v128.load(from));
    if (lanes > 4) v128.store(to + t1, v128.load(from, 16));
    if (lanes > 8) v128.store(to + t2, v128.load(from, 32));
    if (lanes > 12) v128.store(to + t3, v128.load(from, 48));
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
    for (; lanes - lane >= width; ) {
      const live = min(16, (lanes - lane) / width * width);
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
      else if (inGroup >= 4 && laneStride == 1) packWide(target, width, 4, depth, source, depthBytes);
      else packSlow(target, step, depth, source, laneBytes, depthBytes, inGroup);
    }
    from += <usize>width * laneBytes;
    to += panelBytes;
  }
}
