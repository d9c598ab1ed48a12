import { Functional, input } from '@espalier/core';
import { Add, Dense, GlobalAveragePooling2D, LayerNormalization, MultiHeadAttention, Reshape } from '@espalier/layers';

/** One block of a transformer's encoder (Vaswani et al. 2017, arXiv:1706.03762) and a head that classifies. */
export function transformer(): Functional {
  const x = input({ shape: [128, 128] });
  const attended = new MultiHeadAttention({ numHeads: 4, keyDim: 32 }).apply([x, x]);
  const seen = new LayerNormalization().apply(new Add().apply([x, attended]));
  const wide = new Dense({ units: 512, activation: 'gelu' }).apply(seen);
  const thought = new Dense({ units: 128 }).apply(wide);
  const encoded = new LayerNormalization().apply(new Add().apply([seen, thought]));
  const mean = new GlobalAveragePooling2D().apply(new Reshape({ targetShape: [128, 1, 128] }).apply(encoded));
  const outputs = new Dense({ units: 10, activation: 'softmax' }).apply(mean);
  return new Functional({ inputs: x, outputs, seed: 1 });
}
