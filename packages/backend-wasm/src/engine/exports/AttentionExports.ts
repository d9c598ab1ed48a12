/** The compiled kernels for scaled dot-product attention; see `SimdKernels` for what their numbers mean. */
export interface AttentionExports {
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
    from: number,
    blocks: number,
    first: number,
    last: number,
    scratch: number,
  ): void;
  attentionScratch(keyDepth: number, valueDepth: number): number;
  attentionGradScratch(keyDepth: number, valueDepth: number): number;
  attentionQueryBlocks(length: number): number;
  attentionKeyBlocks(length: number): number;
}
