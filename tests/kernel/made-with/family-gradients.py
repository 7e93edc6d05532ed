# What a training step of each of the nine families (tests/oracle/families) is in PyTorch, in float64 and training mode: loss, batch statistics and
# gradients of a small batch, of each tensor four numbers and two projections.
# usage: family-gradients.py FOLDER_OF_FAMILIES > family-gradients.expected.json
import json, math, os, sys, torch, torch.nn as nn, torch.nn.functional as F
folder = sys.argv[1]
source = open(os.path.join(folder, 'made-with', 'families.py')).read()
# The classes alone: the script makes files when it is run.
exec(source[source.index('class SineLayer'):source.index('\nPM=')])
CLASSES = {'siren': Siren, 'sequential-gelu': SequentialGelu, 'gelu-tanh': GeluTanh, 'positional-relu': PositionalRelu, 'fourier-relu': FourierRelu,
  'tanh-radius': TanhRadius, 'norm-before-relu': NormBeforeRelu, 'sum-of-subnets': SumOfSubnets, 'grey-silu': GreySilu}
torch.set_num_threads(1)
COUNT = 32

def state_dict(path):
    data = open(path, 'rb').read()
    n = int.from_bytes(data[:8], 'little'); head = json.loads(data[8:8 + n]); head.pop('__metadata__', None)
    kinds = {'F32': torch.float32, 'F64': torch.float64, 'I64': torch.int64}
    return {name: torch.frombuffer(bytearray(data[8 + n + t['data_offsets'][0]:8 + n + t['data_offsets'][1]]), dtype=kinds[t['dtype']]).reshape(t['shape'])
            for name, t in head.items()}

def summary(values):
    flat = values.detach().reshape(-1); n = len(flat)
    chosen = sorted({0, n // 3, (2 * n) // 3, n - 1})
    i = torch.arange(n, dtype=torch.float64)
    return {'at': chosen, 'values': [float(flat[k]) for k in chosen],
            'projections': [float((flat * torch.cos(1.7 * i + 0.3)).sum()), float((flat * torch.cos(0.9 * i + 1.1)).sum())]}

out = {}
for name, cls in CLASSES.items():
    expected = json.load(open(os.path.join(folder, name + '.expected.json')))
    model = cls().double()
    model.load_state_dict({k: v.double() if v.is_floating_point() else v for k, v in state_dict(os.path.join(folder, name + '.safetensors')).items()}, strict=True)
    model.train()
    points = torch.tensor(expected['points'][:COUNT], dtype=torch.float64)
    targets = torch.tensor([[((37 * k + 11 * c + 5) % 64) / 64 for c in range(3)] for k in range(COUNT)], dtype=torch.float64)
    if name.startswith('grey'): targets = targets[:, :1]
    loss = ((model(points) - targets) ** 2).mean()
    loss.backward()
    gradients = {k: summary(p.grad) for k, p in model.named_parameters()}
    # Before the running average: momentum 1 makes it the batch's.
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm1d)]
    for m in norms: m.momentum = 1.0
    if norms: model(points)
    statistics = {k: summary(b) for k, b in model.named_buffers() if k.endswith(('running_mean', 'running_var'))}
    out[name] = {'loss': float(loss), 'gradients': gradients, 'statistics': statistics}
json.dump({'source': f'PyTorch {torch.__version__}, CPU, float64, model.train()', 'count': COUNT, 'families': out}, sys.stdout)
