import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cpu } from '@espalier/backend-cpu';
import {
  activateBackend,
  decodeSafetensors,
  encodeSafetensors,
  type HostTensor,
  isEspalierError,
  memoryStorage,
  readCheckpoint,
  readWeights,
  Sequential,
  saveCheckpoint,
  saveWeights,
  weightsOf,
} from '@espalier/core';
import { Dense } from '@espalier/layers';
import { Adam } from '@espalier/optimizers';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { sha256, sha256Sync } from '../../src/checkpoint/sha256.js';
import { sha256Digest } from '../../src/checkpoint/sha256Digest.js';

beforeAll(() => activateBackend(cpu()));
afterEach(() => vi.unstubAllGlobals());

async function trained(): Promise<Sequential> {
  const model = new Sequential([new Dense({ units: 2, inputShape: [3], name: 'd' })], { seed: 1 });
  model.compile({ optimizer: new Adam(), loss: 'mse' });
  await model.fit([[1, 2, 3]], [[1, 0]]);
  return model;
}

async function weightsFile(): Promise<Uint8Array<ArrayBuffer>> {
  const storage = memoryStorage();
  await saveWeights(await trained(), storage);
  return new Uint8Array(await storage.read('model.safetensors'));
}

/** Every file that one damaged byte, one cut or one swap of blocks makes of this one, with what was done. */
function* damaged(file: Uint8Array): Generator<[string, Uint8Array]> {
  for (let at = 0; at < file.length; at++) {
    for (const mask of [1, 2, 4, 8, 0x10, 0x20, 0x40, 0x80, 0xff]) {
      const bytes = file.slice();
      bytes[at]! ^= mask;
      yield [`byte ${at} ^ ${mask}`, bytes];
    }
    yield [`cut at ${at}`, file.slice(0, at)];
    const without = new Uint8Array([...file.slice(0, at), ...file.slice(at + 1)]);
    yield [`without byte ${at}`, without];
  }
  yield ['one byte more', new Uint8Array([...file, 0])];
  for (const size of [1, 4, 16, 64]) {
    for (let a = 0; a + 2 * size <= file.length; a += size) {
      for (const b of [a + size, file.length - size]) {
        const bytes = file.slice();
        bytes.set(file.subarray(b, b + size), a);
        bytes.set(file.subarray(a, a + size), b);
        yield [`${size} bytes at ${a} and ${b} swapped`, bytes];
      }
    }
  }
}

const isSame = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i]);

describe('a file of weights', () => {
  it('is refused wherever it is damaged, or means what it meant', async () => {
    const file = await weightsFile();
    const whole = decodeSafetensors(file, 'w');
    const [count, harmless] = [{ all: 0 }, [] as string[]];
    for (const [what, bytes] of damaged(file)) {
      if (isSame(bytes, file)) continue;
      count.all++;
      try {
        const read = decodeSafetensors(bytes, 'w.safetensors');
        expect([...read.tensors], what).toEqual([...whole.tensors]);
        expect(read.metadata, what).toEqual(whole.metadata);
        expect(read.unsupported, what).toEqual([]);
        harmless.push(what);
      } catch (error) {
        expect(isEspalierError(error, 'CheckpointError'), `${what}: ${error}`).toBe(true);
        expect(String(error)).toMatch(/w\.safetensors, .*byte/);
      }
    }
    expect(count.all).toBeGreaterThan(3000);
    // Blanks of the padding that become other white space.
    expect(harmless.length, harmless.join('; ')).toBeLessThan(20);
  });

  it('says what to do, to who damaged it and to who changed it', async () => {
    const file = await weightsFile();
    file[file.length - 1]! ^= 1;
    expect(() => decodeSafetensors(file, 'w.safetensors')).toThrow(
      /w\.safetensors, bytes 0 to \d+.*is damaged.*expected: SHA-256 [0-9a-f]{64}.*copy or download it again.*'espalier\.'/s,
    );
  });

  it('of a later version asks for an update', async () => {
    const file = encodeSafetensors(new Map(), { 'espalier.format': '1' });
    const text = new TextDecoder().decode(file);
    expect(text).toContain('"espalier.format":"1"');
    const later = encodeSafetensors(new Map(), { 'espalier.later': 'x' });
    expect(decodeSafetensors(later, 'w').metadata['espalier.later']).toBe('x');
    const header = { 'espalier.format': '2' };
    const sum = createHash('sha256')
      .update(JSON.stringify([Object.entries(header), [], createHash('sha256').digest('hex')]))
      .digest('hex');
    const json = new TextEncoder().encode(JSON.stringify({ __metadata__: { ...header, 'espalier.sha256': sum } }));
    const bytes = new Uint8Array(8 + json.length);
    bytes[0] = json.length;
    bytes.set(json, 8);
    expect(() => decodeSafetensors(bytes, 'w')).toThrow(/later version.*espalier\.format 1.*got: +2.*update/s);
  });

  it('without a checksum is read as ever: of other programs, and of earlier versions', async () => {
    const weights = await weightsOf(await trained());
    const storage = memoryStorage();
    for (const metadata of [undefined, { format: 'pt' }]) {
      await storage.write('model.safetensors', encodeSafetensors(weights, metadata));
      expect(await readWeights(storage)).toEqual(weights);
    }
  });

  it('read and written again has the checksum of what it is now', async () => {
    const { tensors, metadata } = decodeSafetensors(await weightsFile(), 'w');
    tensors.get('d/bias')!.data[0] = 5;
    const again = decodeSafetensors(encodeSafetensors(tensors, { ...metadata, note: 'mine' }), 'w');
    expect(again.tensors.get('d/bias')!.data[0]).toBe(5);
    expect(again.metadata).toMatchObject({ note: 'mine', 'espalier.format': '1' });
    expect(again.metadata['espalier.sha256']).not.toBe(metadata['espalier.sha256']);
  });

  it('is one that Python reads, and may give back', async ({ skip }) => {
    const script = [
      'import sys',
      'from safetensors import safe_open',
      'from safetensors.numpy import save_file',
      'f = safe_open(sys.argv[1], "np")',
      'save_file({k: f.get_tensor(k) for k in f.keys()}, sys.argv[2], f.metadata())',
    ].join('\n');
    try {
      execFileSync('python3', ['-c', 'import safetensors.numpy'], { stdio: 'pipe' });
    } catch {
      skip('python3 cannot import safetensors.numpy');
    }
    const folder = mkdtempSync(join(tmpdir(), 'espalier-'));
    try {
      const file = await weightsFile();
      writeFileSync(join(folder, 'a'), file);
      execFileSync('python3', ['-c', script, join(folder, 'a'), join(folder, 'b')]);
      const back = decodeSafetensors(readFileSync(join(folder, 'b')), 'b');
      expect(new Map([...back.tensors].sort())).toEqual(new Map([...decodeSafetensors(file, 'a').tensors].sort()));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

it('every file of a checkpoint is refused wherever it is damaged', async () => {
  const storage = memoryStorage();
  const model = await trained();
  const id = await saveCheckpoint(storage, { model, optimizer: model.optimizer, progress: model.progress! });
  const whole = await readCheckpoint(storage, id);
  for (const file of ['model.safetensors', 'optimizer.safetensors', 'training.json']) {
    const name = `checkpoints/${id}/${file}`;
    const bytes = new Uint8Array(await storage.read(name));
    let count = 0;
    for (const [what, broken] of damaged(bytes)) {
      // All the kinds of damage, at a third of the places: reading a checkpoint reads three files.
      if (count++ % 3 !== 0 || isSame(broken, bytes)) continue;
      await storage.write(name, broken);
      const outcome: unknown = await readCheckpoint(storage, id).catch((error: unknown) => error);
      if (isEspalierError(outcome, 'CheckpointError')) expect(String(outcome)).toContain(name);
      else expect(outcome, `${file}, ${what}`).toEqual(whole);
    }
    await storage.write(name, bytes);
  }
  expect(await readCheckpoint(storage, id)).toEqual(whole);
});

describe('SHA-256', () => {
  it('in plain JavaScript is that of Node, at every length around a block', () => {
    const bytes = Uint8Array.from({ length: 300 }, (_, i) => (i * 151) & 255);
    for (let length = 0; length <= 300; length++) {
      const part = bytes.subarray(300 - length);
      expect(Buffer.from(sha256Digest(part)).toString('hex')).toBe(createHash('sha256').update(part).digest('hex'));
    }
  });

  it('is there on pages that came over plain http', async () => {
    vi.stubGlobal('crypto', {});
    vi.stubGlobal('process', undefined);
    const abc = new Uint8Array(new TextEncoder().encode('abc'));
    const sum = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect([await sha256(abc), sha256Sync(abc)]).toEqual([sum, sum]);
  });
});

it('a tensor or a text that looks like the place of the checksum does not take it', () => {
  const like = `"espalier.sha256":"${'0'.repeat(64)}"`;
  const tensor: HostTensor = { dtype: 'uint8', shape: [like.length], data: new TextEncoder().encode(like) };
  const tensors = new Map([
    [like, tensor],
    ['espalier.sha256', tensor],
  ]);
  const read = decodeSafetensors(encodeSafetensors(tensors, { 'espalier.a': like, [like]: like, '0': 'first' }), 'w');
  expect([...read.tensors].sort()).toEqual([...tensors].sort());
  expect(read.metadata).toMatchObject({ 'espalier.a': like, [like]: like, 0: 'first' });
});
