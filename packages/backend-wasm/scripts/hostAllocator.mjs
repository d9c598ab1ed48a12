// Takes emmalloc out of tfjs's module: memory is asked of the host instead, in three imports.
//
// emmalloc compares `start + size` with the end of a free region in 32 bits. Near 4 GiB the sum wraps around, any scrap that is
// left looks large enough, and blocks are handed out that end beyond the heap.

const named = (list) => `expected ${list}, and tfjs's module is another than the one this was written for`;

/** The functions of a module as text: name, parameters and the names of what it calls. */
function functionsOf(module) {
  const parts = module.emitText().split(/^ \(func \$/m);
  return parts.slice(1).map((text) => ({
    name: /^\S+/.exec(text)[0],
    params: (/^.*$/m.exec(text)[0].match(/\(param /g) ?? []).length,
    calls: [...text.matchAll(/\(call \$([^\s)]+)/g)].map((match) => match[1]),
  }));
}

/**
 * Replaces the functions of the allocator:
 *
 * - `env.allocate(alignment, bytes)`: an address;
 * - `env.release(address)`: nothing for 0;
 * - `env.reallocate(context, address, bytes)`: XNNPACK's, which looked at the headers of blocks.
 *
 * @throws Error where the module is not shaped as that of tfjs 4.22.
 */
export function useHostAllocator(binaryen, module) {
  const functions = functionsOf(module);
  const one = (what, found) => {
    if (found.length !== 1) throw new Error(named(`one function that ${what}, got ${found.length}`));
    return found[0];
  };
  const of = (name) => functions.find((one) => one.name === name);
  const exported = (name) => of(binaryen.getExportInfo(module.getExport(name)).value);
  const allocate = of(one('malloc calls', exported('malloc').calls));
  const release = of(one('free calls', exported('free').calls));
  const callers = functions.filter(({ calls }) => calls.includes(allocate.name));
  const reallocate = one(
    'allocates and frees',
    callers.filter(({ calls }) => calls.includes(release.name)),
  );
  const resize = one(
    'resizes the heap',
    importsOf(module, binaryen).filter(({ base }) => base === 'emscripten_resize_heap'),
  );
  const claim = one(
    'claims memory',
    functions.filter(({ calls }) => calls.includes(resize.name)),
  );
  if (callers.length !== 3) throw new Error(named(`malloc, posix_memalign and realloc, got ${callers.length} callers`));
  if (allocate.params !== 2 || release.params !== 1 || reallocate.params !== 3 || claim.params !== 1) {
    throw new Error(named('functions of 2, 1, 3 and 1 parameters'));
  }
  // A function of its own around each import: tables hold no imports.
  const replace = ({ name, params }, base, results) => {
    const types = binaryen.createType(Array(params).fill(binaryen.i32));
    const given = Array.from({ length: params }, (_, i) => module.local.get(i, binaryen.i32));
    module.addFunctionImport(base, 'env', base, types, results);
    module.removeFunction(name);
    module.addFunction(name, types, results, [], module.call(base, given, results));
  };
  replace(allocate, 'allocate', binaryen.i32);
  replace(release, 'release', binaryen.none);
  replace(reallocate, 'reallocate', binaryen.i32);
  // The first claim is made at the start, and nobody uses it.
  module.removeFunction(claim.name);
  module.addFunction(claim.name, binaryen.i32, binaryen.i32, [], module.i32.const(0));
}

function importsOf(module, binaryen) {
  return Array.from({ length: module.getNumFunctions() }, (_, i) =>
    binaryen.getFunctionInfo(module.getFunctionByIndex(i)),
  )
    .filter(({ module: from }) => from !== '')
    .map(({ name, base }) => ({ name, base }));
}
