/** What a file says that it must not: `decodeImage` puts the file's name before it. Offsets count from the file's start. */
export class Damage extends Error {
  constructor(
    readonly offset: number,
    problem: string,
  ) {
    super(`${problem}, at offset ${offset}`);
  }
}
