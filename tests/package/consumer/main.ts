// A page of somebody who installed the package: it evaluates a net on the CPU and on the GPU.

import { createNetwork, DEFAULT_FRAME, evaluateFolded, foldNetwork, StateDict } from 'vexel'
import { createContext, readRawOutputs, TileMaker } from 'vexel/gpu'

declare global {
  interface Window {
    /** Raw outputs of a file's net at a point: of the float64 reference, and of the shader. */
    outputsAt(file: readonly number[], x: number, y: number): Promise<{ reference: number[]; shader: number[] }>
  }
}

window.outputsAt = async (file, x, y) => {
  const folded = foldNetwork(createNetwork(StateDict.parse(Uint8Array.from(file))))
  const tileMaker = new TileMaker(createContext(document.createElement('canvas')))
  const network = await tileMaker.addNetwork(folded)
  const onePixel = { network, frame: DEFAULT_FRAME, view: { x, y, zoom: 1 }, width: 1, height: 1 }
  const raw = await readRawOutputs(tileMaker, onePixel)
  tileMaker.dispose()
  return { reference: [...evaluateFolded(new Float64Array(3), folded, [x, y])], shader: [...raw] }
}
