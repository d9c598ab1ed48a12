/** The most threads that are started without being asked for: few networks gain from more. */
const MOST_BY_DEFAULT = 16;

type Fs = typeof import('node:fs');
type Os = typeof import('node:os');

/**
 * How many processor cores there are: of two hardware threads on one core the second adds nothing to arithmetic. Linux
 * tells the cores; elsewhere x86 processors are taken to have two threads a core and others one.
 */
export function physicalCores(): number {
  const node = <T>(name: string) => (typeof process === 'object' ? process.getBuiltinModule?.(name) : undefined) as T;
  const os = node<Os | undefined>('node:os');
  const logical = os?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1;
  const cores = os?.platform() === 'linux' ? linuxCores(node<Fs>('node:fs')) : undefined;
  const twice = os === undefined ? logical > 4 : os.arch() === 'x64' && os.platform() !== 'darwin' && logical > 2;
  return Math.max(1, Math.min(cores ?? (twice ? Math.floor(logical / 2) : logical), logical, MOST_BY_DEFAULT));
}

/** Distinct pairs of socket and core in what the kernel tells of the processors; undefined where it tells none. */
function linuxCores(fs: Fs): number | undefined {
  try {
    const text = fs.readFileSync('/proc/cpuinfo', 'utf8');
    const all = (key: string) => [...text.matchAll(new RegExp(`^${key}\\s*: (\\d+)$`, 'gm'))].map((match) => match[1]);
    const [sockets, cores] = [all('physical id'), all('core id')];
    return new Set(cores.map((core, i) => `${sockets[i]} ${core}`)).size || undefined;
  } catch {
    return undefined;
  }
}
