import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { allowedFor } from '../lib/allowedImports.mjs';
import { filesUnder } from '../lib/files.mjs';
import { publishedPackages } from '../lib/workspace.mjs';

/** @typedef {import('../lib/guard.mjs').Violation} Violation */

export const title = 'Every bundler can build what loads in a browser';

/**
 * Bundlers put a value in the place of `process.env.NAME`, and cannot do so for anything else that is done with
 * `process.env`; Parcel then stops.
 * @param {string} file @param {string} text @returns {Violation[]}
 */
function looseEnvironment(file, text) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  /** @type {Violation[]} */
  const found = [];
  /** @param {ts.Node} node */
  const visit = (node) => {
    const isEnvironment =
      ts.isPropertyAccessExpression(node) && node.name.text === 'env' && node.expression.getText() === 'process';
    if (isEnvironment && !ts.isPropertyAccessExpression(node.parent)) {
      const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
      found.push({ file, line, problem: 'read process.env.NAME one by one: Parcel cannot build anything else' });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** @param {string} root @returns {import('../lib/guard.mjs').Verdict} */
export function check(root) {
  const packages = publishedPackages(root).filter(({ short }) => !allowedFor(short)?.builtins);
  const files = packages.flatMap(({ short }) =>
    filesUnder(root, `packages/${short}/src`, (path) => /\.[cm]?[jt]s$/.test(path)),
  );
  const violations = files.flatMap((file) => looseEnvironment(file, readFileSync(join(root, file), 'utf8')));
  return { checked: `${files.length} files`, violations };
}
