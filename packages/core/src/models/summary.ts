import { Layer } from '../layer/Layer.js';
import { isShapeList } from '../layer/shapes.js';
import type { Module, NamedModule } from '../module/Module.js';
import { type Shape, showShape } from '../module/Shape.js';

/** What the table needs of a model. */
interface Summarised extends Module {
  readonly className: string;
  readonly name: string | undefined;
  readonly built: boolean;
  countParameters(): { readonly total: number; readonly trainable: number };
}

/** A table like Keras's: a row for each module directly below, then the totals. */
export function summaryTable(
  model: Summarised,
  children: readonly NamedModule[],
  shapes: readonly (Shape | Shape[])[],
): string {
  const rows = children.map(({ path, module }, i) => [
    module instanceof Layer ? `${path} (${module.className})` : path,
    shapes[i] === undefined ? '?' : show(shapes[i]),
    grouped([...module.parameters().values()].reduce((sum, p) => sum + p.size, 0)),
  ]);
  const header = ['Layer (type)', 'Output shape', 'Param #'];
  const widths = header.map((title, c) => Math.max(title.length, ...rows.map((row) => row[c]!.length)));
  const line = (left: string, middle: string, right: string, fill: string) =>
    left + widths.map((width) => fill.repeat(width + 2)).join(middle) + right;
  const row = (cells: readonly string[]) =>
    `│ ${cells.map((cell, c) => (c === 2 ? cell.padStart(widths[c]!) : cell.padEnd(widths[c]!))).join(' │ ')} │`;
  const { total, trainable } = model.countParameters();
  return [
    `Model: ${model.name ?? model.className}`,
    line('┌', '┬', '┐', '─'),
    row(header),
    line('├', '┼', '┤', '─'),
    ...rows.map(row),
    line('└', '┴', '┘', '─'),
    `Total params: ${grouped(total)} (${bytes(total)})`,
    `Trainable params: ${grouped(trainable)} (${bytes(trainable)})`,
    `Non-trainable params: ${grouped(total - trainable)} (${bytes(total - trainable)})`,
    ...(model.built ? [] : ['Not built: shapes and parameters come with an inputShape, or with the first data']),
  ].join('\n');
}

function show(shape: Shape | Shape[]): string {
  return isShapeList(shape) ? shape.map(showShape).join(', ') : showShape(shape);
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

function bytes(count: number): string {
  const size = count * 4;
  if (size < 1024) return `${size} B`;
  return size < 1024 ** 2 ? `${(size / 1024).toFixed(2)} KB` : `${(size / 1024 ** 2).toFixed(2)} MB`;
}
