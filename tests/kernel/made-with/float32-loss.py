# What plain float32 loses on flags: MysteryNet as PyTorch computes it, layer by layer with batch norm as it stands, in NumPy's float32 and float64, at
# the centres of 320 x 200 pixels of [-1, 1] x [-1, 1]. Prints {net: largest difference of the raw outputs} as ../float32-loss.expected.json has it.
# usage: python float32-loss.py > ../float32-loss.expected.json (numpy, scipy), from this folder
import json
import struct

import numpy as np
from scipy.special import erf

ROOT = '../../../'
NETS = [f'tests/oracle/{name}.safetensors' for name in ('japan', 'malaysia', 'nepal', 'usa')] + [
    'tests/gpu/nets/sharp-iran.safetensors',
    'public/flags/us.safetensors',
    'public/flags/af.safetensors',
]
WIDTH, HEIGHT = 320, 200
TYPES = {'F32': '<f4', 'F16': '<f2', 'I64': '<i8'}


def read(path):
    data = open(path, 'rb').read()
    size = struct.unpack('<Q', data[:8])[0]
    header = json.loads(data[8 : 8 + size])
    body = data[8 + size :]
    return {
        name: np.frombuffer(body[slice(*entry['data_offsets'])], TYPES[entry['dtype']]).reshape(entry['shape'])
        for name, entry in header.items()
        if name != '__metadata__'
    }


def forward(net, x, dtype):
    t = {name: values.astype(dtype) for name, values in net.items()}
    x = x.astype(dtype)
    for i in range(1, 9):
        x = x @ t[f'dense{i}.weight'].T + t[f'dense{i}.bias']
        x = x * dtype(0.5) * (dtype(1) + erf(x * dtype(np.sqrt(0.5))))
        if f'bn{i}.weight' in t:
            deviation = np.sqrt(t[f'bn{i}.running_var'] + dtype(1e-5))
            x = (x - t[f'bn{i}.running_mean']) / deviation * t[f'bn{i}.weight'] + t[f'bn{i}.bias']
    return x @ t['dense_head.weight'].T + t['dense_head.bias']


columns, rows = (np.arange(WIDTH) + 0.5) / WIDTH * 2 - 1, (np.arange(HEIGHT) + 0.5) / HEIGHT * 2 - 1
points = np.stack([np.tile(columns, HEIGHT), np.repeat(rows, WIDTH)], 1)
losses = {}
for path in NETS:
    net = read(ROOT + path)
    lost = np.abs(forward(net, points, np.float32).astype(np.float64) - forward(net, points, np.float64))
    losses[path] = float(f'{lost.max():.4g}')
print(json.dumps(losses, indent=2))
