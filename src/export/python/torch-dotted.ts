// The class of any other network: its tensors by their dotted names, as the file has them, and what is computed with them.

import { parameterSpecs } from '../../model/architecture.js'
import { kindOf, type NetworkLayer } from '../../model/layers/kinds.js'
import type { LinearSpec } from '../../model/layers/linear.js'
import type { Activation } from '../../model/layers/kinds.js'
import type { ParameterSpec } from '../../model/layers/layer.js'
import type { Network } from '../../model/network.js'
import { bendText, plainLayerText } from './functions.js'

/** @throws UnsupportedError for a kind of layer that PyTorch's text does not know */
export function dottedClassText({ layers }: Pick<Network, 'layers'>): string {
  const held = layers.flatMap(layer => parameterSpecs(layer).map(heldText))
  return `def hold(module, name, *shape, learns=True):
    """Registers a tensor under its dotted name in the file."""
    *path, last = name.split(".")
    for part in path:
        if part not in module._modules:
            module.add_module(part, nn.Module())
        module = module._modules[part]
    values = torch.zeros(shape)
    if learns:
        module.register_parameter(last, nn.Parameter(values))
    else:
        module.register_buffer(last, values)


class FlagNet(nn.Module):
    def __init__(self):
        super().__init__()
${held.map(line => `        ${line}`).join('\n')}

    def forward(self, x):
        """Raw outputs [n, 3] at points [n, 2], the inputs in the order in which the net takes them."""
        p, b = self.get_parameter, self.get_buffer
${layers.map(layer => `        x = ${usedText(layer)}`).join('\n')}
        return x`
}

function heldText({ name, shape: wanted, isTransposed, learnable }: ParameterSpec): string {
  const shape = isTransposed ? wanted.toReversed() : wanted
  return `hold(self, ${JSON.stringify(name)}, ${shape.join(', ')}${learnable ? '' : ', learns=False'})`
}

function usedText(layer: NetworkLayer): string {
  if (kindOf(layer).isActivation) return bendText(layer as unknown as Activation, 'torch', 'F.gelu(x)')
  switch (layer.kind) {
    case 'linear':
      return linearText(layer, 'x')
    case 'batchNorm': {
      const [mean, variance] = ['running_mean', 'running_var'].map(of => `b(${JSON.stringify(`${layer.name}.${of}`)})`)
      const [weight, bias] = ['weight', 'bias'].map(of => `p(${JSON.stringify(`${layer.name}.${of}`)})`)
      const affine = layer.isAffine === false ? '' : `${weight}, ${bias}, `
      return `F.batch_norm(x, ${mean}, ${variance}, ${affine}eps=${layer.eps})`
    }
    case 'blocks': {
      let from = 0
      const parts = layer.parts.map(part => {
        const to = from + part.inDim
        const taken = layer.takes === 'all' ? 'x' : `x[..., ${from}:${to}]`
        from = to
        return linearText(part, taken)
      })
      return layer.gives === 'sum' ? parts.join(' + ') : `torch.cat([${parts.join(', ')}], dim=-1)`
    }
    default:
      return plainLayerText(layer, 'torch', 'dim')
  }
}

function linearText(layer: LinearSpec, x: string): string {
  const { name, tensors, isTransposed, hasBias, isStored } = layer
  // A matrix that is stored and not trained is a buffer.
  const weight = `${isStored ? 'b' : 'p'}(${JSON.stringify(tensors?.weight ?? `${name}.weight`)})`
  const bias = hasBias === false ? '' : `, p(${JSON.stringify(tensors?.bias ?? `${name}.bias`)})`
  return `F.linear(${x}, ${weight}${isTransposed ? '.T' : ''}${bias})`
}
