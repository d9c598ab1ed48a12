import { fileStorage } from '../../src/checkpoint/fileStorage.js';

// Run by storage.test.ts under limits: writes a file of some bytes and prints what came of it.
const [directory = '', size = '0'] = process.argv.slice(2);
try {
  await fileStorage(directory).write('model', new Uint8Array(Number(size)));
  console.log('written');
} catch (error) {
  console.log(String(error));
}
