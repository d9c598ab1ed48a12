import { CheckpointError } from '../errors/kinds.js';
import type { HostTensor } from './HostTensor.js';
import { shownName } from './safetensorsFormat.js';

/** A tensor of a file that no {@link HostTensor} can hold. */
export interface UnsupportedTensor {
  /** Under which the file has it. */
  readonly name: string;
  /** As the format calls it, such as `C64`. */
  readonly dtype: string;
  /** The sizes of its axes. */
  readonly shape: readonly number[];
  /** Why it was not read. */
  readonly reason: string;
}

/** The tensors of a file of which some were not read: asking for one of those is an error, instead of nothing. */
export class UnreadTensors extends Map<string, HostTensor> {
  constructor(
    read: Iterable<readonly [string, HostTensor]>,
    readonly unsupported: readonly UnsupportedTensor[],
    readonly where: string,
  ) {
    super();
    for (const [name, tensor] of read) this.set(name, tensor);
  }

  /** @throws CheckpointError for a tensor that is in the file but was not read. */
  override get(name: string): HostTensor | undefined {
    const found = super.get(name);
    const unread = found === undefined && this.unsupported?.find((one) => one.name === name);
    if (!unread) return found;
    throw new CheckpointError({
      where: `${this.where}, tensor ${shownName(name)}`,
      problem: 'the tensor is in the file but cannot be read',
      got: `${unread.dtype}: ${unread.reason}`,
      mend: 'save it in a dtype that tensors have: F32, I32 or BOOL',
    });
  }
}

/** Those of a file's tensors that were not read. */
export function unsupportedOf(tensors: ReadonlyMap<string, HostTensor>): readonly UnsupportedTensor[] {
  // Not by class: two copies of this package may meet.
  return (tensors as Partial<UnreadTensors>).unsupported ?? [];
}
