// Adam (Kingma and Ba, arXiv:1412.6980), as PyTorch's torch.optim.Adam computes it.

/**
 * @param count numbers, a multiple of 4
 * @param rate learning rate divided by 1 - beta1^t
 * @param rootCorrection sqrt(1 - beta2^t)
 */
export function adam(
  parameters: usize,
  gradients: usize,
  first: usize,
  second: usize,
  count: i32,
  beta1: f64,
  beta2: f64,
  eps: f64,
  rate: f64,
  rootCorrection: f64,
): void {
  const end = parameters + <usize>count * 4
  const keep1 = f32x4.splat(<f32>beta1)
  const take1 = f32x4.splat(<f32>(1 - beta1))
  const keep2 = f32x4.splat(<f32>beta2)
  const take2 = f32x4.splat(<f32>(1 - beta2))
  const epsilon = f32x4.splat(<f32>eps)
  const correction = f32x4.splat(<f32>(1 / rootCorrection))
  const step = f32x4.splat(<f32>rate)
  for (; parameters < end; parameters += 16, gradients += 16, first += 16, second += 16) {
    const g = v128.load(gradients)
    const m = f32x4.add(f32x4.mul(keep1, v128.load(first)), f32x4.mul(take1, g))
    const v = f32x4.add(f32x4.mul(keep2, v128.load(second)), f32x4.mul(take2, f32x4.mul(g, g)))
    v128.store(first, m)
    v128.store(second, v)
    const denominator = f32x4.add(f32x4.mul(f32x4.sqrt(v), correction), epsilon)
    v128.store(parameters, f32x4.sub(v128.load(parameters), f32x4.mul(step, f32x4.div(m, denominator))))
  }
}
