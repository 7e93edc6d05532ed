// The class of a network that is built as MysteryNet is, as people write it: a module a layer, by the names of the file.

import { isDense } from '../../model/architecture.js'
import { UnsupportedError } from '../../model/errors.js'
import type { Layer } from '../../model/layers/kinds.js'
import type { Network } from '../../model/network.js'

/** How a layer stands in the class: what makes it, null where it has no tensors, and what it does to x. */
interface ClassLines {
  readonly made: string | null
  readonly used: string
}

/** Whether a network is of this kind, and its layers have names that Python allows: a dot would make one a module within another. */
export function isWritable({ architecture }: Pick<Network, 'architecture'>): boolean {
  return (
    isDense(architecture) && architecture.layers.every(({ kind, name }) => kind === 'gelu' || /^[a-z_]\w*$/i.test(name))
  )
}

/** Writes the class of a network that {@link isWritable}. */
export function classText({ architecture }: Pick<Network, 'architecture'>): string {
  const lines = architecture.layers.map(linesOf)
  return `class FlagNet(nn.Module):
    def __init__(self):
        super().__init__()
${lines.flatMap(({ made }) => (made === null ? [] : [`        ${made}`])).join('\n')}

    def forward(self, x):
        """Raw outputs [n, 3] at points [n, 2], the inputs in the order in which the net takes them."""
${lines.map(({ used }) => `        ${used}`).join('\n')}
        return x`
}

function linesOf(layer: Layer): ClassLines {
  const { name } = layer
  if (layer.kind === 'gelu') return { made: null, used: 'x = F.gelu(x)' }
  const used = `x = self.${name}(x)`
  switch (layer.kind) {
    case 'linear':
      return { made: `self.${name} = nn.Linear(${layer.inDim}, ${layer.outDim})`, used }
    case 'batchNorm':
      return { made: `self.${name} = nn.BatchNorm1d(${layer.dim}, eps=${layer.eps})`, used }
    default:
      throw new UnsupportedError(`python: ${layer.name} is of a kind that it does not know: ${layer.kind}`)
  }
}
