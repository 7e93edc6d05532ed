// Drawing flag networks with WebGL2 in a page of one's own.

export { createContext, rendererName } from './context.js'
export { ContextLostError, ShaderError } from './errors.js'
export { gpuIdle } from './fence.js'
export { type Background, Painter } from './painter.js'
export { isWithinTolerance, measureParity, PARITY_TOLERANCE, type ParityReport } from './parity.js'
export { type ReadBackSpec, readLevels, readRawOutputs } from './read-back.js'
export type { Lanes } from './shader-header.js'
export type { DrawKind } from './shader-source.js'
export type { ShaderVariant } from './shader-variant.js'
export { type CellDraw, type Draw, type MarkedBlocks, TileMaker } from './tile-maker.js'
export type { StandIn } from '../world/stills.js'
