// Everything the host may call. Pointers are bytes in the imported memory, which the host lays out (../evaluator.ts,
// ../training-layout.ts); nothing here allocates.

export { adam } from './adam'
export { backward } from './backward'
export { evaluate, evaluateUnit } from './evaluate'
export { forward } from './forward'
export { loss } from './loss'
export { muon, orthogonalize } from './muon'
export { sample } from './sample'
export { addVector, blendVector, scaleVector } from './vector'
