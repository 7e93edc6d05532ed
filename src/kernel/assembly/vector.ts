// Sums over whole vectors: what the workers of a team exchange.

/** to += from. */
export function addVector(to: usize, from: usize, count: i32): void {
  const end = to + <usize>count * 4
  for (; to < end; to += 16, from += 16) v128.store(to, f32x4.add(v128.load(to), v128.load(from)))
}

/** at *= factor. */
export function scaleVector(at: usize, count: i32, factor: f32): void {
  const k = f32x4.splat(factor)
  const end = at + <usize>count * 4
  for (; at < end; at += 16) v128.store(at, f32x4.mul(v128.load(at), k))
}

/** to = (1 - share) to + share from: PyTorch's running statistics with momentum `share`. */
export function blendVector(to: usize, from: usize, count: i32, share: f32): void {
  const keep = f32x4.splat(1 - share)
  const take = f32x4.splat(share)
  const end = to + <usize>count * 4
  for (; to < end; to += 16, from += 16)
    v128.store(to, f32x4.add(f32x4.mul(keep, v128.load(to)), f32x4.mul(take, v128.load(from))))
}
