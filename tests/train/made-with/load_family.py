# Loads a file that vexel trained into the class of a family (the source in its expected.json), strict=True, and prints what it draws over
# [-1, 1] at the pixels' centres: levels of three channels, not rounded, as JSON. usage: load_family.py families.py NAME.expected.json FILE
import json, math, re, struct, sys
import torch, torch.nn as nn, torch.nn.functional as F

families, expected, path = sys.argv[1:]
# What the classes are built on stands beside them.
exec(re.search(r'^class SineLayer.*?(?=^class )', open(families).read(), re.S | re.M).group(0))
expected = json.load(open(expected))
exec(expected['module'])
model = eval(re.search(r'^class (\w+)', expected['module'], re.M).group(1))()

data = open(path, 'rb').read()
size, = struct.unpack('<Q', data[:8])
header = json.loads(data[8:8 + size])
kinds = {'F32': torch.float32, 'F16': torch.float16, 'I64': torch.int64}
state = {}
for name, entry in header.items():
    if name == '__metadata__': continue
    start, end = entry['data_offsets']
    values = torch.frombuffer(bytearray(data[8 + size + start:8 + size + end]), dtype=kinds[entry['dtype']])
    state[name] = values.reshape(entry['shape'])
model.load_state_dict(state, strict=True)
model = model.double().eval()

width, height = expected['width'], expected['height']
xs = (torch.arange(width, dtype=torch.float64) + 0.5) / width * 2 - 1
ys = (torch.arange(height, dtype=torch.float64) + 0.5) / height * 2 - 1
points = torch.stack([xs.repeat(height), ys.repeat_interleave(width)], -1)
with torch.no_grad(): given = model(points)
levels = (given.clamp(0, 1) * 255).expand(-1, 3).reshape(-1)
print(json.dumps([round(level, 4) for level in levels.tolist()]))
