import { ValueError } from '../errors/kinds.js';

/** What a class of layers has to say for itself; types ask for it, plain JavaScript does not. */
const MEMBERS = {
  call: 'call(x, ctx) { … }',
  computeOutputShape: 'computeOutputShape(inputShape) { return inputShape; }',
} as const;

/** @throws ValueError for a layer or model whose class lacks its name, `call` or `computeOutputShape`. */
export function requireComplete(layer: { readonly className: string }): void {
  const own = layer.constructor.name || 'layer';
  if (typeof layer.className !== 'string' || layer.className === '') {
    throw new ValueError({
      where: own,
      problem: 'the class has no className, which names its weights and finds it in saved models',
      mend: `write className = '${own}'; in the class`,
    });
  }
  for (const [member, form] of Object.entries(MEMBERS)) {
    if (typeof (layer as unknown as Record<string, unknown>)[member] === 'function') continue;
    throw new ValueError({
      where: own,
      problem: `the class has no method '${member}'`,
      mend: `write ${form} in the class`,
    });
  }
}
