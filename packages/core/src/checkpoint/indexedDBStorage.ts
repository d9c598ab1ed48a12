import { bytesOf } from '../bytes/bytesOf.js';
import { CheckpointError, StateError } from '../errors/kinds.js';
import { checkName, type Storage } from './Storage.js';

/** The one table of the database: the bytes of each file by its name. */
const FILES = 'files';

/**
 * Files in a browser's own database, which outlive the page: models and checkpoints that are trained in it. They belong to
 * the origin of the page; the browser may delete them when the disk is nearly full, unless `navigator.storage.persist()`
 * was granted. A write is there whole or not at all.
 *
 * @param name The database; it is made by the first use.
 * @throws StateError where there is no IndexedDB, as in Node.
 *
 * @example
 * ```ts no-run there is no IndexedDB in Node
 * import { indexedDBStorage, loadModel, type Sequential, saveModel } from '@espalier/core';
 * import { layerClasses } from '@espalier/layers';
 *
 * declare const model: Sequential;
 * const storage = indexedDBStorage('digits');
 * await saveModel(model, storage);
 * const again = await loadModel(storage, { layers: layerClasses });
 * ```
 */
export function indexedDBStorage(name: string): Storage {
  const factory = globalThis.indexedDB as IDBFactory | undefined;
  if (factory === undefined) {
    throw new StateError({
      where: 'indexedDBStorage',
      problem: 'there is no IndexedDB here',
      expected: 'a page or a worker of a browser',
      mend: 'use fileStorage(directory) in Node, or memoryStorage()',
    });
  }
  const locate = (file: string): string => `IndexedDB '${name}', ${file}`;
  let opened: Promise<IDBDatabase> | undefined;
  const forget = (): void => {
    opened = undefined;
  };
  const open = (): Promise<IDBDatabase> => {
    opened ??= openDatabase(factory, name, forget).catch((cause: unknown) => {
      forget();
      throw databaseError(`IndexedDB '${name}'`, 'open', cause);
    });
    return opened;
  };
  /** Answers when the transaction is complete: what was written is then there to stay. */
  const transact = async <T>(
    mode: IDBTransactionMode,
    file: string,
    action: string,
    ask: (files: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> => {
    const database = await open();
    try {
      const transaction = database.transaction(FILES, mode, { durability: 'strict' });
      const request = ask(transaction.objectStore(FILES));
      return await new Promise<T>((resolve, reject) => {
        transaction.oncomplete = () => resolve(request.result);
        transaction.onabort = () => reject(transaction.error ?? request.error);
      });
    } catch (cause) {
      throw databaseError(locate(file), action, cause);
    }
  };
  return {
    locate,
    async read(file) {
      checkName(file);
      const bytes = await transact('readonly', file, 'read', (files) => files.get(file) as IDBRequest<unknown>);
      if (bytes !== undefined) return bytesOf(bytes as Uint8Array, locate(file));
      throw new CheckpointError({ where: locate(file), problem: 'there is no such file in this browser' });
    },
    async write(file, bytes) {
      checkName(file);
      // A copy, of the part alone: the database would keep the whole memory under a view.
      const copy = bytesOf(bytes, locate(file)).slice();
      await transact('readwrite', file, 'write', (files) => files.put(copy, file));
    },
    async list(prefix = '') {
      const names = (await transact('readonly', prefix, 'list', (files) => files.getAllKeys())) as string[];
      return names.filter((file) => file.startsWith(prefix)).sort();
    },
    async remove(file) {
      checkName(file);
      await transact('readwrite', file, 'remove', (files) => {
        // '0' comes right after '/': all names below the folder, and none beside it.
        files.delete(IDBKeyRange.bound(`${file}/`, `${file}0`, false, true));
        return files.delete(file);
      });
    },
    async exists(file) {
      checkName(file);
      return (await transact('readonly', file, 'read', (files) => files.count(file))) > 0;
    },
  };
}

function openDatabase(factory: IDBFactory, name: string, onClose: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = factory.open(name, 1);
    request.onupgradeneeded = () => void request.result.createObjectStore(FILES);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('another page holds an older version of the database open'));
    request.onsuccess = () => {
      const database = request.result;
      // Another page wants to delete the database, or the user cleared the data of the site: the next use opens it anew.
      database.onversionchange = () => {
        database.close();
        onClose();
      };
      database.onclose = onClose;
      resolve(database);
    };
  });
}

function databaseError(where: string, action: string, cause: unknown): CheckpointError {
  const { name = '', message = String(cause) } = (cause ?? {}) as Partial<Error>;
  return new CheckpointError({
    where,
    problem: `could not ${action} it`,
    got: name === '' ? message : `${name}: ${message}`,
    ...(name === 'QuotaExceededError' && { mend: 'free some space: remove old files; earlier files are untouched' }),
    ...(name === 'NotFoundError' && { mend: 'the database is of another program: choose another name' }),
    cause,
  });
}
