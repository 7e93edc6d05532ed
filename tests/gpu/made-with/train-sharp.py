# Trains a net as sharply as ../nets/sharp-iran.safetensors: a first layer of length 8, Muon on whitened inputs, pixels drawn by
# importance in the order of a Hilbert curve. What it makes is steep enough that rounding in float32 shows.
# usage: python train-sharp.py IMAGE MPX OUT.safetensors (numpy, scipy, Pillow)
# The fixture: Iran's drawing at 1,280 x 731, 24 Mpx, 22 dB; its largest folded weight is 52.
import json
import struct
import sys

import numpy as np
from PIL import Image
from scipy.special import erf

rng = np.random.default_rng(1)
f = np.float32
DIMS = [2, 16, 32, 32, 32, 32, 32, 32, 16, 3]
NORMS = (1, 3, 5, 7)
BATCH = 2048
REFRESH = 1_600_000

image = np.asarray(Image.open(sys.argv[1]).convert('RGB'))
height, width = image.shape[:2]
steps = int(float(sys.argv[2]) * 1e6 / BATCH)


def hilbert(n):
    """Columns and rows of an n x n square in the order of a Hilbert curve."""
    t = np.arange(n * n)
    x, y, s = np.zeros_like(t), np.zeros_like(t), 1
    while s < n:
        rx = 1 & (t // 2)
        ry = 1 & (t ^ rx)
        turn = ry == 0
        x, y = np.where(turn & (rx == 1), s - 1 - x, x), np.where(turn & (rx == 1), s - 1 - y, y)
        x, y = np.where(turn, y, x) + s * rx, np.where(turn, x, y) + s * ry
        t, s = t // 4, s * 2
    return x, y


x, y = hilbert(1 << (max(width, height) - 1).bit_length())
inside = (x < width) & (y < height)
x, y = x[inside], y[inside]
points = np.stack([-1 + 2 * (x + 0.5) / width, -1 + 2 * (y + 0.5) / height], 1).astype(f)
colours = (image[y, x] / 255).astype(f)
count = len(points)

weights, biases = [], []
for n, m in zip(DIMS, DIMS[1:]):
    bound = 1 / np.sqrt(n)
    weights.append(rng.uniform(-bound, bound, (m, n)).astype(f))
    biases.append(rng.uniform(-bound, bound, m).astype(f))
directions = rng.normal(size=(16, 2))
weights[0] = (8 * directions / np.linalg.norm(directions, axis=1, keepdims=True)).astype(f)
biases[0] = rng.uniform(-8, 8, 16).astype(f)
norms = {i: {'weight': np.ones(DIMS[i + 1], f), 'bias': np.zeros(DIMS[i + 1], f),
             'mean': np.zeros(DIMS[i + 1]), 'var': np.ones(DIMS[i + 1])} for i in NORMS}  # fmt: skip


def forward(h, step):
    """Outputs and what backward needs; step 0 takes the running statistics."""
    kept = []
    for i in range(8):
        z = h @ weights[i].T + biases[i]
        phi = f(0.5) * (1 + erf(z * f(np.sqrt(0.5))))
        record = {'in': h, 'z': z, 'phi': phi}
        h = z * phi
        if i in norms:
            norm = norms[i]
            mean, var = norm['mean'].astype(f), norm['var'].astype(f)
            if step:
                mean, var = h.mean(0), h.var(0)
                rate = max(0.002, 1 / (step + 1))
                norm['mean'] += rate * (mean - norm['mean'])
                norm['var'] += rate * (var - norm['var'])
            record['scale'] = (1 / np.sqrt(var + 1e-5)).astype(f)
            record['hat'] = (h - mean) * record['scale']
            h = record['hat'] * norm['weight'] + norm['bias']
        kept.append(record)
    kept.append({'in': h})
    return h @ weights[8].T + biases[8], kept


def backward(g, kept):
    """Gradients of weights, biases and norms, from that of the outputs."""
    weight_grads, bias_grads, norm_grads = [None] * 9, [None] * 9, {}
    for i in range(8, -1, -1):
        record = kept[i]
        if i in norms:
            norm_grads[i] = (g * record['hat']).sum(0), g.sum(0)
            d = g * norms[i]['weight']
            g = (d - d.mean(0) - record['hat'] * (d * record['hat']).mean(0)) * record['scale']
        if i < 8:
            z = record['z']
            g = g * (record['phi'] + z * f(1 / np.sqrt(2 * np.pi)) * np.exp(-f(0.5) * z * z))
        weight_grads[i], bias_grads[i] = g.T @ record['in'], g.sum(0)
        if i > 0:
            g = g @ weights[i]
    return weight_grads, bias_grads, norm_grads


moments, momentum, covariance, whitening = {}, {}, {}, {}


def adam(key, parameter, gradient, step, rate):
    m, v = moments.setdefault(key, (np.zeros_like(parameter), np.zeros_like(parameter)))
    m += 0.1 * (gradient - m)
    v += 0.001 * (gradient * gradient - v)
    parameter -= (rate * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)).astype(f)


def orthogonalised(g):
    x = g.T if g.shape[0] > g.shape[1] else g
    x = x / (np.linalg.norm(x) + 1e-12)
    for _ in range(5):
        s = x @ x.T
        x = 3.4445 * x + (-4.7750 * s + 2.0315 * s @ s) @ x
    return x.T if g.shape[0] > g.shape[1] else x


def muon(i, inputs, weight_grad, bias_grad, step, rate):
    both = np.concatenate([weights[i], biases[i][:, None]], 1)
    gradient = np.concatenate([weight_grad, bias_grad[:, None]], 1)
    rows, columns = both.shape
    momentum[i] = 0.95 * momentum.get(i, 0) + gradient
    if step <= 20 or step % 20 == 0:
        a = np.concatenate([inputs[:512], np.ones((512, 1), f)], 1)
        covariance[i] = 0.95 * covariance.get(i, 0) + 0.05 * (a.T @ a / 512).astype(float)
        values, vectors = np.linalg.eigh(covariance[i] / (np.trace(covariance[i]) / columns) + 0.1 * np.eye(columns))
        whitening[i] = ((vectors / np.sqrt(values)) @ vectors.T).astype(f)
    update = orthogonalised((gradient + 0.95 * momentum[i]) @ whitening[i]) @ whitening[i]
    update *= np.sqrt(min(rows, columns)) / np.linalg.norm(update)
    both -= f(rate * np.sqrt(max(1, rows / (columns - 1)))) * update
    weights[i], biases[i] = both[:, :-1].astype(f), both[:, -1].astype(f)


share, error, sums = np.full(count, 1 / count), None, np.cumsum(np.full(count, 1 / count))
offset, drawn, refresh = rng.random(), 0, 0
for step in range(1, steps + 1):
    left = 1 - step / steps
    if step * BATCH >= refresh and left > 0.15:
        refresh = step * BATCH + REFRESH
        if step > 1:
            slices = [slice(i, i + 65536) for i in range(0, count, 65536)]
            now = np.concatenate(
                [np.sqrt(((np.clip(forward(points[s], 0)[0], 0, 1) - colours[s]) ** 2).sum(1)) for s in slices]
            )
            error = now if error is None else 0.7 * error + 0.3 * now
            share = 0.5 + 0.5 * error / error.mean()
            share /= share.sum()
            sums = np.cumsum(share)
            print(f'step {step} of {steps}: {10 * np.log10(3 / (now**2).mean()):.2f} dB', flush=True)
    u = (offset + (drawn + np.arange(BATCH)) * 0.6180339887498949) % 1
    drawn += BATCH
    chosen = np.minimum(np.searchsorted(sums, u * sums[-1]), count - 1)
    out, kept = forward(points[chosen], step)
    target = colours[chosen]
    # What is clamped away is no error.
    is_fine = ((out < 0) & (target <= 0)) | ((out > 1) & (target >= 1))
    importance = (1 / (count * share[chosen])).astype(f)[:, None]
    grads = backward(np.where(is_fine, 0, out - target) * importance * f(2 / (3 * BATCH)), kept)
    weight_grads, bias_grads, norm_grads = grads
    for i in (0, 8):
        adam(('weight', i), weights[i], weight_grads[i], step, 0.003 * left)
        adam(('bias', i), biases[i], bias_grads[i], step, 0.003 * left)
    for i, (weight_grad, bias_grad) in norm_grads.items():
        adam(('norm weight', i), norms[i]['weight'], weight_grad, step, 0.003 * left)
        adam(('norm bias', i), norms[i]['bias'], bias_grad, step, 0.003 * left)
    for i in range(1, 8):
        muon(i, kept[i]['in'], weight_grads[i], bias_grads[i], step, 0.02 * left)

tensors = {}
for i in range(9):
    name = 'dense_head' if i == 8 else f'dense{i + 1}'
    tensors[f'{name}.weight'], tensors[f'{name}.bias'] = weights[i], biases[i]
    if i in norms:
        norm, name = norms[i], f'bn{i + 1}'
        tensors[f'{name}.weight'], tensors[f'{name}.bias'] = norm['weight'], norm['bias']
        tensors[f'{name}.running_mean'], tensors[f'{name}.running_var'] = norm['mean'], norm['var']
        tensors[f'{name}.num_batches_tracked'] = np.array(1, '<i8')
header, data = {}, b''
for name, tensor in tensors.items():
    is_count = tensor.dtype.kind == 'i'
    part = tensor.astype('<i8' if is_count else '<f4').tobytes()
    offsets = [len(data), len(data) + len(part)]
    header[name] = {'dtype': 'I64' if is_count else 'F32', 'shape': list(tensor.shape), 'data_offsets': offsets}
    data += part
text = json.dumps(header, separators=(',', ':')).encode()
text += b' ' * (-len(text) % 8)
with open(sys.argv[3], 'wb') as file:
    file.write(struct.pack('<Q', len(text)) + text + data)
