import { filesUnder, readText } from '../lib/files.mjs';

export const title = 'Files are short';

const medianLimit = 150;
const longest = 400;

/** @param {string} path */
const isSource = (path) =>
  /\.(ts|mts|mjs|js)$/.test(path) && !path.includes('/generated/') && !path.includes('/golden/');

/** @param {string} text what the comment at the very top says, if there is one */
const openingComment = (text) => /^(?:\/\*[\s\S]*?\*\/|(?:\/\/.*\n)+)/.exec(text.replace(/^#!.*\n/, ''))?.[0] ?? '';

/** @param {string} root @returns {import('../lib/guard.mjs').Verdict} */
export function check(root) {
  const files = ['packages', 'internal', 'scripts', 'bench', 'examples', 'test'].flatMap((folder) =>
    filesUnder(root, folder, isSource),
  );
  const sized = files
    .map((file) => ({ file, text: readText(root, file) }))
    .map(({ file, text }) => ({ file, text, lines: text.split('\n').length - 1 }))
    .sort((a, b) => a.lines - b.lines);
  const violations = sized
    .filter(({ text, lines }) => lines > longest && !/\b(long|lines|length)\b/i.test(openingComment(text)))
    .map(({ file, lines }) => ({
      file,
      problem: `${lines} lines: split it, or say in a comment at its top why it is this long (limit ${longest})`,
    }));
  const median = sized[sized.length >> 1];
  if (median !== undefined && median.lines > medianLimit) {
    const problem = `the median file has ${median.lines} lines (limit ${medianLimit}): files hold more than one concept`;
    violations.push({ file: median.file, problem });
  }
  return { checked: `${files.length} files, median ${median?.lines ?? 0} lines`, violations };
}
