/** The version of tfjs whose compiled kernels are shipped with this package. */
export const TFJS_VERSION = '4.22.0';
