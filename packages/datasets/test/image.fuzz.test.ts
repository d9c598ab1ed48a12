import { decodeImage } from '@espalier/datasets';
import { fuzz } from '@espalier/testing';
import { describe, it } from 'vitest';
import { golden } from './golden.js';
import { withChecksums } from './withChecksums.js';

const { cases } = golden<{ cases: { name: string; file: string }[] }>('images');

/** Every third file: all kinds are among them. */
const files = (kind: string) =>
  cases
    .filter(({ name }) => name.startsWith(kind))
    .filter((_, i) => i % 3 === 0)
    .map(({ file }) => new Uint8Array(Buffer.from(file, 'base64')));

describe('decodeImage keeps its limits on mutants of', () => {
  it.each(['png', 'jpeg'])('%s', async (kind) => {
    const run = (bytes: Uint8Array) => decodeImage(bytes);
    await fuzz({ name: kind, corpus: files(kind), run, maxMilliseconds: 500, maxBytes: 2 ** 27 });
  });

  // Checksums keep nearly all others from what lies behind them.
  it('png, with right checksums', async () => {
    const run = (bytes: Uint8Array) => decodeImage(withChecksums(bytes));
    await fuzz({ name: 'png checksums', corpus: files('png'), run, maxMilliseconds: 1000, maxBytes: 2 ** 27 });
  });
});
