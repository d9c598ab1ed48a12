/**
 * A kernel over a table of tensors: the table's address, the numbers that `assembly/` names, then the range of blocks and
 * scratch memory.
 */
type TableKernel = (table: number, ...numbers: number[]) => void;
/** A kernel for {@link WasmEngine.split}, called by nothing else; `assembly/` names its numbers. */
type RangeKernel = (...numbers: number[]) => void;

/**
 * The compiled kernels of `assembly/`, one member an export. Addresses are byte offsets in the engine's heap, sizes counts
 * of elements; `geometry` is the address of sizes written by `putGeometry`. Those whose last parameters are `first`, `last`
 * and `scratch` do a range of their items, for `WasmEngine.split`.
 */
export interface SimdKernels {
  adamUpdate: TableKernel;
  lionUpdate: TableKernel;
  rmspropUpdate: TableKernel;
  sgdUpdate: TableKernel;
  scaleAll: TableKernel;
  sumSquares: TableKernel;
  biasActivation(x: number, rows: number, cols: number, bias: number, activation: number, alpha: number): void;
  keepPositive(x: number, scaled: number, out: number, count: number): void;
  copyRows(
    from: number,
    fromStride: number,
    to: number,
    toStride: number,
    bytes: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  convFilterGrad(
    geometry: number,
    x: number,
    dy: number,
    partials: number,
    perItem: number,
    blockRows: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  sumPanels(
    partials: number,
    count: number,
    k: number,
    n: number,
    out: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  directConv(
    geometry: number,
    x: number,
    panels: number,
    bias: number,
    activation: number,
    alpha: number,
    out: number,
    blockRows: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  winogradFilter(
    filter: number,
    inChannels: number,
    outChannels: number,
    flip: number,
    panels: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  winogradScratch(channels: number, perItem: number): number;
  winogradConv(
    geometry: number,
    x: number,
    panels: number,
    bias: number,
    activation: number,
    alpha: number,
    out: number,
    flags: number,
    perItem: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  winogradGradScratch(channels: number, outputs: number, perBlock: number): number;
  winogradFilterGrad(
    geometry: number,
    x: number,
    dy: number,
    partials: number,
    flags: number,
    perItem: number,
    perBlock: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  packFilter(filter: number, taps: number, inChannels: number, outChannels: number, flip: number, panels: number): void;
  depthwise(
    geometry: number,
    x: number,
    filter: number,
    bias: number,
    activation: number,
    alpha: number,
    out: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  depthwiseFilterGrad(
    geometry: number,
    x: number,
    dFilter: number,
    dy: number,
    wide: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  depthwiseInputGrad(
    geometry: number,
    dx: number,
    filter: number,
    dy: number,
    wide: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  dilation2d(geometry: number, x: number, filter: number, out: number, dy: number, dx: number, dFilter: number): void;
  fft(
    re: number,
    im: number,
    outRe: number,
    outIm: number,
    n: number,
    m: number,
    table: number,
    scale: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  gather(
    x: number,
    indices: number,
    out: number,
    batches: number,
    outer: number,
    size: number,
    count: number,
    sliceBytes: number,
  ): number;
  gemm(
    m: number,
    n: number,
    k: number,
    a: number,
    aRow: number,
    aCol: number,
    b: number,
    bRow: number,
    bCol: number,
    c: number,
    ldc: number,
    accumulate: number,
    scratch: number,
  ): void;
  gemmRange(
    m: number,
    n: number,
    k: number,
    a: number,
    aRow: number,
    aCol: number,
    b: number,
    bRow: number,
    bCol: number,
    c: number,
    accumulate: number,
    bias: number,
    activation: number,
    alpha: number,
    rows: number,
    cols: number,
    strips: number,
    table: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  gemmScratch(m: number, n: number, k: number): number;
  sumSlices(
    partials: number,
    slices: number,
    count: number,
    c: number,
    accumulate: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  im2col(geometry: number, x: number, cols: number, first: number, count: number): void;
  col2im(geometry: number, x: number, cols: number, first: number, count: number): void;
  gru(
    batch: number,
    time: number,
    units: number,
    options: number,
    gates: number,
    kernel: number,
    bias: number,
    mask: number,
    hidden0: number,
    hiddens: number,
    inner: number,
    value: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  gruGrad(
    batch: number,
    time: number,
    units: number,
    options: number,
    gates: number,
    kernel: number,
    mask: number,
    hiddens: number,
    inner: number,
    dy: number,
    dx: number,
    dz: number,
    sums: number,
    dHidden0: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  lstm(
    batch: number,
    time: number,
    units: number,
    options: number,
    gates: number,
    kernel: number,
    mask: number,
    hidden0: number,
    cell0: number,
    hiddens: number,
    cells: number,
    value: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  lstmGrad(
    batch: number,
    time: number,
    units: number,
    options: number,
    gates: number,
    kernel: number,
    mask: number,
    cells: number,
    dy: number,
    dz: number,
    sums: number,
    dHidden0: number,
    dCell0: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  interleaveGates(rows: number, units: number, gates: number, from: number, to: number): void;
  packRecurrent(kernel: number, units: number, gates: number, to: number): void;
  packRecurrentBack(kernel: number, units: number, gates: number, to: number): void;
  recurrentPackedBytes(units: number, gates: number): number;
  recurrentScratch(units: number, gates: number): number;
  separateGates(rows: number, units: number, gates: number, from: number, to: number): void;
  simpleRnn(
    batch: number,
    time: number,
    units: number,
    options: number,
    gates: number,
    kernel: number,
    mask: number,
    hidden0: number,
    hiddens: number,
    value: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  simpleRnnGrad(
    batch: number,
    time: number,
    units: number,
    options: number,
    gates: number,
    kernel: number,
    mask: number,
    dy: number,
    dz: number,
    sums: number,
    dHidden0: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  averagePoolGrad(geometry: number, dy: number, dx: number, first: number, last: number, scratch: number): void;
  biasActivationGrad(
    dy: number,
    y: number,
    dz: number,
    partial: number,
    rows: number,
    cols: number,
    blockRows: number,
    activation: number,
    alpha: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  maxPool(geometry: number, x: number, out: number, first: number, last: number, scratch: number): void;
  maxPoolWithArgmax(geometry: number, x: number, out: number, positions: number, wholeBatch: number): void;
  maxPoolGradApart(
    geometry: number,
    x: number,
    dy: number,
    dx: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  maxPoolGradOver(
    geometry: number,
    x: number,
    dy: number,
    dx: number,
    block: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  sumF32(x: number, out: number, outer: number, count: number, inner: number, divisor: number): void;
  sumI32(x: number, out: number, outer: number, count: number, inner: number): void;
  unsortedSegmentSum(x: number, ids: number, out: number, rows: number, inner: number, segments: number): void;
  softmax(x: number, out: number, cols: number, log: number, first: number, last: number, scratch: number): void;
  softmaxGrad(
    y: number,
    dy: number,
    dx: number,
    cols: number,
    log: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  crossentropy(
    targets: number,
    x: number,
    values: number,
    stats: number,
    classes: number,
    rows: number,
    fromLogits: number,
    sparse: number,
    keep: number,
    share: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  crossentropyGrad(
    targets: number,
    x: number,
    stats: number,
    dy: number,
    dx: number,
    classes: number,
    rows: number,
    fromLogits: number,
    sparse: number,
    keep: number,
    share: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  binaryCrossentropy(
    targets: number,
    x: number,
    values: number,
    count: number,
    fromLogits: number,
    keep: number,
    share: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  binaryCrossentropyGrad(
    targets: number,
    x: number,
    dy: number,
    dx: number,
    count: number,
    fromLogits: number,
    keep: number,
    share: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  groupNorm(
    x: number,
    gamma: number,
    beta: number,
    y: number,
    stats: number,
    positions: number,
    groups: number,
    width: number,
    epsilon: number,
    rms: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  groupNormGrad(
    x: number,
    gamma: number,
    dy: number,
    stats: number,
    dx: number,
    dGamma: number,
    dBeta: number,
    batch: number,
    blockSpans: number,
    positions: number,
    groups: number,
    width: number,
    rms: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  sumBlocks(
    partial: number,
    out: number,
    blocks: number,
    cols: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  batchMoments(
    x: number,
    partial: number,
    rows: number,
    cols: number,
    blockRows: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  batchCombine(
    partial: number,
    stats: number,
    variance: number,
    rows: number,
    cols: number,
    blockRows: number,
    epsilon: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  batchTable(stats: number, gamma: number, beta: number, table: number, cols: number): void;
  batchScale(
    x: number,
    y: number,
    mean: number,
    table: number,
    cols: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  batchGradSums(
    x: number,
    dy: number,
    mean: number,
    partial: number,
    rows: number,
    cols: number,
    blockRows: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  batchGradCombine(
    partial: number,
    stats: number,
    gamma: number,
    dGamma: number,
    dBeta: number,
    table: number,
    rows: number,
    cols: number,
    blockRows: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  batchGradScale(
    x: number,
    dy: number,
    dx: number,
    mean: number,
    table: number,
    cols: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  attention(
    geometry: number,
    offsets: number,
    q: number,
    k: number,
    v: number,
    mask: number,
    out: number,
    logs: number,
    scale: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  attentionGrad(
    geometry: number,
    offsets: number,
    q: number,
    k: number,
    v: number,
    mask: number,
    out: number,
    logs: number,
    dy: number,
    dq: number,
    dk: number,
    dv: number,
    scale: number,
    partBytes: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  attentionScratch(keyDepth: number, valueDepth: number): number;
  attentionGradScratch(keyDepth: number, valueDepth: number): number;
  attentionQueryBlocks(length: number): number;
  attentionKeyBlocks(length: number): number;
  binaryF32: RangeKernel;
  dropout: RangeKernel;
  moveRuns: RangeKernel;
  moveTurned: RangeKernel;
  unaryF32: RangeKernel;
}

/** Starts our kernels on the memory of tfjs's engine. */
export async function instantiateSimd(module: WebAssembly.Module, memory: WebAssembly.Memory): Promise<SimdKernels> {
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  return instance.exports as unknown as SimdKernels;
}
