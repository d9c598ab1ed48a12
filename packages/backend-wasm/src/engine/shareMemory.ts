const IMPORT = 2;
const MEMORY = 5;
const SHARED_WITH_MAXIMUM = 3;
const KIND_OF_MEMORY = 2;

/** Unsigned LEB128, as every number of a WebAssembly module is written. */
function encode(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 127) | (rest > 127 ? 128 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

function decode(bytes: Uint8Array, at: number): [value: number, next: number] {
  let [value, shift, next] = [0, 0, at];
  let byte = 128;
  while (byte > 127) {
    byte = bytes[next++]!;
    value += (byte & 127) * 2 ** shift;
    shift += 7;
  }
  return [value, next];
}

/**
 * The same module with its memory imported as `env.memory` and shared between threads, whether it had a memory of its own
 * or imported one as its last import. Ordinary instructions may work on shared memory, so nothing else changes.
 *
 * @param pages The least and the most pages that the memory may have: the module takes no other memory.
 */
export function shareMemory(
  module: Uint8Array,
  pages: { readonly initial: number; readonly maximum: number },
): Uint8Array<ArrayBuffer> {
  const name = (text: string) => [...encode(text.length), ...new TextEncoder().encode(text)];
  const limits = [SHARED_WITH_MAXIMUM, ...encode(pages.initial), ...encode(pages.maximum)];
  const memory = [...name('env'), ...name('memory'), KIND_OF_MEMORY, ...limits];
  const sections: (ArrayLike<number> & Iterable<number>)[] = [module.subarray(0, 8)];
  const section = (id: number, contents: readonly number[]) =>
    sections.push([id, ...encode(contents.length), ...contents]);
  let written = false;
  for (let at = 8; at < module.length; ) {
    const [length, start] = decode(module, at + 1);
    const id = module[at]!;
    const end = start + length;
    if (!written && id !== 0 && id > IMPORT) {
      section(IMPORT, [1, ...memory]);
      written = true;
    }
    if (id === IMPORT) {
      const [count, first] = decode(module, start);
      // Our own modules import the memory alone; tfjs's has functions there, and a memory section of its own.
      const functions = importsMemory(module) ? [] : module.subarray(first, end);
      section(IMPORT, [...encode(functions.length === 0 ? 1 : count + 1), ...functions, ...memory]);
      written = true;
    } else if (id !== MEMORY) sections.push(module.subarray(at, end));
    at = end;
  }
  const result = new Uint8Array(sections.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of sections) {
    result.set(part as ArrayLike<number>, at);
    at += part.length;
  }
  return result;
}

/** Whether the module has no memory section, and so imports its memory. */
function importsMemory(module: Uint8Array): boolean {
  for (let at = 8; at < module.length; ) {
    const [length, start] = decode(module, at + 1);
    if (module[at] === MEMORY) return false;
    at = start + length;
  }
  return true;
}

/** The pages that the module's own memory begins with. */
export function initialPages(module: Uint8Array): number {
  for (let at = 8; at < module.length; ) {
    const [length, start] = decode(module, at + 1);
    // One memory; its flags; its initial size.
    if (module[at] === MEMORY) return decode(module, start + 2)[0];
    at = start + length;
  }
  return 0;
}
