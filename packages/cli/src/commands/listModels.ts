import { models } from '@espalier/models-zoo';
import { count, percent } from '../terminal/numbers.js';
import type { Output } from '../terminal/Output.js';

/** `espalier models`: the cards of the models zoo. */
export function listModels(output: Output): number {
  const { style } = output;
  const cards = Object.values(models).map(({ card }) => card);
  for (const card of cards) output.event({ event: 'model', ...card });
  const blocks = cards.map((card) => [
    `${style.bold(card.name)}  ${card.title}`,
    `  ${card.architecture}; ${count(card.parameters)} parameters`,
    ...card.results.flatMap(({ data, metric, value, training, command }) => [
      `  ${percent(value)} ${metric} on ${data} ${style.dim(`(${training})`)}`,
      `    ${style.cyan(command)}`,
    ]),
  ]);
  output.print(blocks.flatMap((block, i) => (i > 0 ? ['', ...block] : block)));
  return 0;
}
