// Everything the host may call. Pointers are bytes in the imported memory, which the host lays out (../evaluator.ts,
// ../training-layout.ts); nothing here allocates.

export { adam } from './adam'
export { backward } from './backward'
export { encode } from './features'
export { evaluate, evaluateMoments, evaluateUnit } from './evaluate'
export { forward } from './forward'
export { headGradient, showHead } from './head'
export { loss } from './loss'
export { muon, muonWhitened, orthogonalize } from './muon'
export { draw, sample } from './sample'
export { addVector, blendVector, scaleVector } from './vector'
export { secondMoments, whiten } from './whitening'
