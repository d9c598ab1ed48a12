import type { Module } from '../module/Module.js';
import { requireMethod } from '../options/requireMethod.js';
import type { Storage } from './Storage.js';

/** @throws ValueError unless it is a storage, such as the path of a directory. */
export function requireStorage(storage: Storage, where: string): void {
  requireMethod(storage, 'write', where, 'a storage', 'make one: fileStorage(directory) or memoryStorage()');
}

/** @throws ValueError unless it has parameters. */
export function requireModule(module: Module, where: string): void {
  requireMethod(module, 'parameters', where, 'a model or module', 'pass the model whose weights are meant');
}
