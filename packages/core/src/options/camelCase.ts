/** `batch_size` as `batchSize`; what has no underscores stays. */
export function camelCase(name: string): string {
  const [first = '', ...rest] = name.split('_').filter((part) => part !== '');
  return [first, ...rest.map((part) => part.charAt(0).toUpperCase() + part.slice(1))].join('');
}
