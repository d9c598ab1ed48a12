import { checkOptions, describeValue, isClass, type Optimizer, type OptionTable, ValueError } from '@espalier/core';

/** @throws ValueError unless `optimizer` can take steps. */
export function checkOptimizer(optimizer: unknown, where: string): Optimizer {
  if (typeof (optimizer as Optimizer | null | undefined)?.applyGradients === 'function') return optimizer as Optimizer;
  throw new ValueError({
    where,
    problem: 'this is not an optimizer',
    expected: 'an object that an optimizer class makes',
    got: describeValue(optimizer),
    mend: isClass(optimizer) ? `make one: new ${optimizer.name}()` : 'make one: new Adam()',
  });
}

/** The options of a transform's class, from the arguments of the function that makes it. */
export function withOptimizer<O extends { readonly optimizer: Optimizer }>(
  optimizer: Optimizer,
  options: Omit<O, 'optimizer'>,
  table: OptionTable<O>,
): O {
  checkOptimizer(optimizer, table.owner);
  const { optimizer: _, ...kinds } = table.kinds;
  checkOptions(options, { ...table, kinds } as unknown as OptionTable<Omit<O, 'optimizer'>>);
  return { ...options, optimizer } as unknown as O;
}
