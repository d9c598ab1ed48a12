import { ValueError } from '../errors/kinds.js';

/** What a class of layers has to say for itself, by its type; types ask for it, plain JavaScript does not. */
const MEMBERS = { className: 'string', call: 'function', computeOutputShape: 'function' } as const;

/** @throws ValueError for a layer or model whose class lacks its name, `call` or `computeOutputShape`. */
export function requireComplete(layer: object): void {
  for (const [member, type] of Object.entries(MEMBERS)) {
    if (typeof (layer as Record<string, unknown>)[member] === type) continue;
    const own = layer.constructor.name;
    throw new ValueError({
      where: own,
      problem: `the class has no '${member}'`,
      mend: type === 'string' ? `write className = '${own}'; in it` : `write a method ${member} in it`,
    });
  }
}
