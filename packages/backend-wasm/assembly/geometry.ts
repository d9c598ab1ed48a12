// The sizes of a windowed operation (convolution, pooling, dilation), written by src/kernels/window.ts as int32 values in
// this order. A two-dimensional operation is a three-dimensional one of depth 1. Channels are those of one group of a grouped
// convolution, whose pixels have `groups` times as many.

@inline export function batch(g: usize): i32 { return load<i32>(g); }
@inline export function inD(g: usize): i32 { return load<i32>(g, 4); }
@inline export function inH(g: usize): i32 { return load<i32>(g, 8); }
@inline export function inW(g: usize): i32 { return load<i32>(g, 12); }
@inline export function inC(g: usize): i32 { return load<i32>(g, 16); }
@inline export function outD(g: usize): i32 { return load<i32>(g, 20); }
@inline export function outH(g: usize): i32 { return load<i32>(g, 24); }
@inline export function outW(g: usize): i32 { return load<i32>(g, 28); }
@inline export function outC(g: usize): i32 { return load<i32>(g, 32); }
@inline export function kD(g: usize): i32 { return load<i32>(g, 36); }
@inline export function kH(g: usize): i32 { return load<i32>(g, 40); }
@inline export function kW(g: usize): i32 { return load<i32>(g, 44); }
@inline export function strideD(g: usize): i32 { return load<i32>(g, 48); }
@inline export function strideH(g: usize): i32 { return load<i32>(g, 52); }
@inline export function strideW(g: usize): i32 { return load<i32>(g, 56); }
@inline export function dilationD(g: usize): i32 { return load<i32>(g, 60); }
@inline export function dilationH(g: usize): i32 { return load<i32>(g, 64); }
@inline export function dilationW(g: usize): i32 { return load<i32>(g, 68); }
@inline export function padD(g: usize): i32 { return load<i32>(g, 72); }
@inline export function padH(g: usize): i32 { return load<i32>(g, 76); }
@inline export function padW(g: usize): i32 { return load<i32>(g, 80); }
@inline export function groups(g: usize): i32 { return load<i32>(g, 84); }
