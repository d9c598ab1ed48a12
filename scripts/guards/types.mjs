import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

export const title = 'TypeScript accepts every file';

/** @param {string} root @returns {import('../lib/guard.mjs').Verdict} */
export function check(root) {
  const projects = ['tsconfig.json', 'scripts/tsconfig.json', 'apps/docs/tsconfig.json'].filter((path) =>
    existsSync(join(root, path)),
  );
  let count = 0;
  const violations = projects.flatMap((project) => {
    const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} };
    const config = ts.getParsedCommandLineOfConfigFile(join(root, project), {}, host);
    if (config === undefined) return [{ file: project, problem: 'cannot be read' }];
    const program = ts.createProgram({ rootNames: config.fileNames, options: config.options });
    count += config.fileNames.length;
    return [...config.errors, ...ts.getPreEmitDiagnostics(program)].map(({ file, start, code, messageText }) => ({
      file: file === undefined ? project : relative(root, file.fileName).replaceAll('\\', '/'),
      ...(file === undefined || start === undefined
        ? {}
        : { line: file.getLineAndCharacterOfPosition(start).line + 1 }),
      problem: `TS${code}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    }));
  });
  return { checked: `${count} files`, violations };
}
