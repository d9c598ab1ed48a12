import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { publishedPackages } from '../lib/workspace.mjs';

export const title = 'Everything public has a doc comment';

/** @typedef {import('../lib/guard.mjs').Violation} Violation */

const hiddenModifiers = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;

/** @param {ts.Symbol} member what a user can reach on a class, interface or object type */
function isReachable(member) {
  const [declaration] = member.declarations ?? [];
  if (declaration === undefined || member.name.startsWith('_') || member.name.startsWith('__@')) return false;
  if (ts.isConstructorDeclaration(declaration) || ts.isTypeParameterDeclaration(declaration)) return false;
  const name = ts.getNameOfDeclaration(declaration);
  if (name !== undefined && ts.isPrivateIdentifier(name)) return false;
  return (ts.getCombinedModifierFlags(declaration) & hiddenModifiers) === 0;
}

/**
 * @param {ts.Symbol} symbol
 * @param {ts.TypeChecker} checker
 */
function isDocumented(symbol, checker) {
  // The checker also finds what a member inherits from the interface or class that declares it first, as editors do.
  if (ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim() !== '') return true;
  return symbol.getJsDocTags(checker).some(({ name }) => name === 'internal' || name === 'inheritDoc');
}

/**
 * @param {ts.Symbol} symbol
 * @param {ts.TypeChecker} checker
 * @returns {ts.Symbol[]}
 */
function membersOf(symbol, checker) {
  const declarations = symbol.declarations ?? [];
  const isAlias = declarations.some((one) => ts.isTypeAliasDeclaration(one) && ts.isTypeLiteralNode(one.type));
  const isShaped = (symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface | ts.SymbolFlags.Enum)) !== 0;
  if (isAlias) return checker.getPropertiesOfType(checker.getDeclaredTypeOfSymbol(symbol)).filter(isReachable);
  if (!isShaped) return [];
  return [...(symbol.members?.values() ?? []), ...(symbol.exports?.values() ?? [])]
    .filter(
      (member) =>
        (member.flags & (ts.SymbolFlags.TypeParameter | ts.SymbolFlags.Signature | ts.SymbolFlags.Prototype)) === 0,
    )
    .filter(isReachable);
}

/**
 * A field that holds what the constructor's option of the same name says is explained there; twice would be noise.
 * @param {ts.Symbol} owner
 * @param {ts.Symbol} member
 * @param {ts.TypeChecker} checker
 */
function isDocumentedOption(owner, member, checker) {
  if (owner.valueDeclaration === undefined || !(owner.flags & ts.SymbolFlags.Class)) return false;
  const type = checker.getTypeOfSymbolAtLocation(owner, owner.valueDeclaration);
  return type
    .getConstructSignatures()
    .flatMap((signature) => signature.parameters)
    .map((parameter) => checker.getNonNullableType(checker.getTypeOfSymbol(parameter)).getProperty(member.name))
    .some((option) => option !== undefined && isDocumented(option, checker));
}

/** @param {string} root @returns {import('../lib/guard.mjs').Verdict} */
export function check(root) {
  const entries = publishedPackages(root)
    .map(({ folder }) => join(folder, 'src', 'index.ts'))
    .filter((path) => existsSync(path));
  const config = ts.getParsedCommandLineOfConfigFile(
    join(root, 'tsconfig.json'),
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} },
  );
  const program = ts.createProgram({ rootNames: entries, options: config?.options ?? {} });
  const checker = program.getTypeChecker();
  /** @type {Set<ts.Symbol>} */
  const seen = new Set();
  /** @type {Violation[]} */
  const violations = [];
  /** @param {ts.Symbol} symbol @param {string} name @param {ts.Symbol} [owner] */
  const require = (symbol, name, owner) => {
    if (seen.has(symbol)) return;
    seen.add(symbol);
    const [declaration] = symbol.declarations ?? [];
    if (declaration === undefined) return;
    const source = declaration.getSourceFile();
    const file = relative(root, source.fileName).replaceAll('\\', '/');
    if (file.startsWith('..') || file.includes('node_modules/')) return;
    if (!isDocumented(symbol, checker) && !(owner && isDocumentedOption(owner, symbol, checker))) {
      const { line } = source.getLineAndCharacterOfPosition(declaration.getStart(source));
      violations.push({ file, line: line + 1, problem: `${name} has no doc comment` });
    }
    for (const member of membersOf(symbol, checker)) require(member, `${name}.${member.name}`, symbol);
  };
  for (const entry of entries) {
    const source = program.getSourceFile(entry);
    const module = source && checker.getSymbolAtLocation(source);
    // A file without exports is no module, and a package without an entry has nothing public yet.
    if (module === undefined) continue;
    for (const found of checker.getExportsOfModule(module)) {
      const symbol = found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
      require(symbol, found.name);
    }
  }
  return { checked: `${seen.size} symbols of ${entries.length} packages`, violations };
}
