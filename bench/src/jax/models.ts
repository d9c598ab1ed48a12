import { nn, numpy as np } from '@jax-js/jax';
import { mobileNetV2Blocks, type WorkloadName } from '../workloads.js';
import { attention, batchNormalized, conv, dense, layerNormalized, maxPool } from './layers.js';
import { Parameters, Reader } from './Parameters.js';

/** Logits of the inputs; takes what it is given, as all functions of jax-js do. */
export type Forward = (parameters: np.Array[], x: np.Array) => np.Array;

interface JaxModel {
  readonly parameters: np.Array[];
  readonly forward: Forward;
}

const flat = (x: np.Array) => x.reshape([x.shape[0]!, -1]);

function cnn(): JaxModel {
  return {
    parameters: new Parameters().conv(1, 32, 3).dense(13 * 13 * 32, 10).all,
    forward(parameters, x) {
      const p = new Reader(parameters);
      return dense(p, flat(maxPool(nn.relu(conv(p, x, { padding: 'VALID' })))));
    },
  };
}

function mlp(): JaxModel {
  return {
    parameters: new Parameters().dense(784, 512).dense(512, 512).dense(512, 10).all,
    forward(parameters, x) {
      const p = new Reader(parameters);
      return dense(p, nn.relu(dense(p, nn.relu(dense(p, x)))));
    },
  };
}

function cifar(): JaxModel {
  const made = new Parameters().conv(3, 32, 3).conv(32, 32, 3).conv(32, 64, 3).conv(64, 64, 3);
  return {
    parameters: made.dense(8 * 8 * 64, 256).dense(256, 10).all,
    forward(parameters, x) {
      const p = new Reader(parameters);
      const pair = (y: np.Array) => maxPool(nn.relu(conv(p, nn.relu(conv(p, y)))));
      return dense(p, nn.relu(dense(p, flat(pair(pair(x))))));
    },
  };
}

function transformer(): JaxModel {
  const made = new Parameters().dense(128, 128).dense(128, 128).dense(128, 128).dense(128, 128).gain(128);
  return {
    parameters: made.dense(128, 512).dense(512, 128).gain(128).dense(128, 10).all,
    forward(parameters, x) {
      const p = new Reader(parameters);
      const seen = layerNormalized(p, x.ref.add(attention(p, x, 4)));
      const thought = dense(p, nn.gelu(dense(p, seen.ref), { approximate: false }));
      return dense(p, np.mean(layerNormalized(p, seen.add(thought)), 1));
    },
  };
}

function mobilenet(): JaxModel {
  const made = new Parameters();
  const normalized = (channels: number) => made.gain(channels).all.push(np.zeros([channels]), np.ones([channels]));
  const layer = (channels: number, filters: number, size: number) => {
    made.conv(channels, filters, size, false);
    normalized(filters);
  };
  layer(3, 32, 3);
  const blocks: { wide: boolean; groups: number; stride: number; residual: boolean }[] = [];
  let channels = 32;
  for (const [expansion, filters, times, first] of mobileNetV2Blocks) {
    for (let i = 0; i < times; i++) {
      const groups = channels * expansion;
      const stride = i === 0 ? first : 1;
      if (expansion > 1) layer(channels, groups, 1);
      layer(1, groups, 3);
      layer(groups, filters, 1);
      blocks.push({ wide: expansion > 1, groups, stride, residual: stride === 1 && channels === filters });
      channels = filters;
    }
  }
  layer(channels, 1280, 1);
  return {
    parameters: made.dense(1280, 1000).all,
    forward(parameters, x) {
      const p = new Reader(parameters);
      const linear = (y: np.Array, stride = 1, groups = 1) =>
        batchNormalized(p, conv(p, y, { stride, groups, bias: false }));
      let y = nn.relu6(linear(x, 2));
      for (const { wide, groups, stride, residual } of blocks) {
        const before = residual ? y.ref : undefined;
        if (wide) y = nn.relu6(linear(y));
        y = linear(nn.relu6(linear(y, stride, groups)));
        if (before !== undefined) y = y.add(before);
      }
      return nn.softmax(dense(p, np.mean(nn.relu6(linear(y)), [2, 3])), -1);
    },
  };
}

/** The same models in jax-js, but for those it cannot express. */
export const models: Partial<Record<WorkloadName, () => JaxModel>> = { cnn, mlp, cifar, transformer, mobilenet };
