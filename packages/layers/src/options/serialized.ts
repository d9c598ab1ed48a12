import type { Config, SerializedObject } from '@espalier/core';

/** The class name and config of an initializer or regularizer. */
export function serialized(object: { readonly className: string; getConfig(): Config }): SerializedObject {
  return { className: object.className, config: object.getConfig() };
}
