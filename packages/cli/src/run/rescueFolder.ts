import { accessSync, constants, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** A free folder for what was trained in one that is gone: beside it, or else where temporary files go. */
export function rescueFolder(lost: string): string {
  const parent = [dirname(lost), '.', tmpdir()].find(isWritable) ?? tmpdir();
  for (let n = 1; ; n++) {
    const path = join(parent, `${basename(lost)}-kept-${n}`);
    if (!existsSync(path)) return path;
  }
}

function isWritable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
