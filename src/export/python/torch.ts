// A flag as the PyTorch class that its file is the state dict of, and what draws it. The weights stay in their file.

import { describeSubject, type ExportSubject } from '../subject.js'
import { frameLines, toneExpression, WRITE_PNG } from './literals.js'
import { classText, isWritable } from './torch-class.js'
import { dottedClassText } from './torch-dotted.js'

/** Writes the file. @throws UnsupportedError for a kind of layer that is not known there */
export function torchText(subject: ExportSubject): string {
  const { network, frame, fileName } = subject
  const made = isWritable(network) ? classText(network) : dottedClassText(network)
  const swapped = frame.order === 'xy' ? 'xx, yy' : 'yy, xx'
  return `"""
${[...describeSubject(subject), `Its weights stay in ${fileName.replace(/[\p{C}"\\]/gu, '_')}, which this file wants beside it.`].join('\n')}

    python3 FILE.py flag.png 640      draws the whole of it, 640 pixels wide
"""

import json
import math
import struct
import sys
import zlib

import torch
from torch import nn
from torch.nn import functional as F

WEIGHTS = ${JSON.stringify(fileName)}
PREFIX = ${JSON.stringify(network.prefix)}  # before every name in the file
${frameLines(frame).join('\n')}


${made}


def load(path):
    """The tensors of a .safetensors file by their names: what safetensors.torch.load_file does."""
    dtypes = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64}
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    tensors = {}
    for name, tensor in header.items():
        if name != "__metadata__" and name.startswith(PREFIX) and tensor["dtype"] in dtypes:
            begin, end = tensor["data_offsets"]
            values = torch.frombuffer(bytearray(data[begin:end]), dtype=dtypes[tensor["dtype"]])
            tensors[name[len(PREFIX):]] = values.reshape(tensor["shape"])
    return tensors


@torch.no_grad()
def colours(net, x, y):
    """The displayed colours [n, 3], sRGB from 0 to 1, at points of the plane."""
    raw = net(torch.stack([${swapped.replace('xx', 'x').replace('yy', 'y')}], dim=-1))
    return (${toneExpression(frame, 'raw', 'torch')}).clamp(0, 1)


${WRITE_PNG}


if __name__ == "__main__":
    path, width = [*sys.argv[1:], *["flag.png", "640"][len(sys.argv) - 1 :]][:2]
    width, height = int(width), max(1, math.floor(int(width) / ASPECT + 0.5))
    # The flag, in five lines.
    net = FlagNet().eval()
    net.load_state_dict(load(WEIGHTS), strict=False)
    y, x = torch.meshgrid(TOP + (torch.arange(height) + 0.5) / height * (BOTTOM - TOP), LEFT + (torch.arange(width) + 0.5) / width * (RIGHT - LEFT), indexing="ij")
    levels = torch.floor(colours(net, x.flatten(), y.flatten()) * 255 + 0.5).byte().reshape(height, -1)
    write_png(path, (bytes(row.tolist()) for row in levels), width, height)
`
}
