// The library: everything that runs without a screen. `vexel/gpu` draws.

export * from './model/architecture.js'
export { erf, gelu } from './model/erf.js'
export { BATCH_NORM_EPS } from './model/layers/batch-norm.js'
export { FormatError, UnsupportedError } from './model/errors.js'
export type { DivergingTone } from './model/diverging.js'
export { type LinearView, levelSpan, linearizeView, viewLevelSpan } from './model/flatness.js'
export { countMultiplyAdds, type FoldedLayer, type FoldedNetwork, foldNetwork } from './model/fold.js'
export * from './model/frame.js'
export type { Activation, Layer } from './model/layers/kinds.js'
export type { Block, ParameterRole, ParameterSpec } from './model/layers/layer.js'
export { createNetwork, type Network, type NetworkLayer } from './model/network.js'
export { levelsOf, type PictureSpec, referenceRows } from './model/picture.js'
export { evaluateFolded, type Linearization, linearizeFolded, type Stage, traceNetwork } from './model/reference.js'
export type { HeaderMember } from './model/safetensors/header.js'
export type { SafetensorsLimits } from './model/safetensors/limits.js'
export { parseSafetensors, type SafetensorsFile, type TensorEntry } from './model/safetensors/parse.js'
export { type NewTensor, writeSafetensors } from './model/safetensors/write.js'
export { SAMPLE_COUNTS, type SampleCount, sampleOffsets } from './model/samples.js'
export { StateDict } from './model/state-dict.js'
export { type FileSummary, readFrame, summarizeFile, type TensorSummary } from './model/summary.js'
export type { Tap } from './model/tap.js'
export { applyTone, type Tone, toneOf } from './model/tone.js'
export { inputsOfPixels, pictureSize, type Sampling, samplingOf, type View, wholeFrame } from './model/view.js'
export type { Encoding, Wiring } from './model/wiring.js'
export { Film } from './film/film.js'
export type { FilmPoint } from './film/film-metadata.js'
export { createTimeline, type Timeline, type TimelineOptions } from './film/timeline.js'
export type { ImageSize } from './train/rgb-image.js'
export {
  type Affine,
  type Camera,
  panBy,
  pixelFromWorld,
  type Rect,
  type Size,
  worldFromPixel,
  zoomAt,
} from './world/camera.js'
export { cameraFromView, type Item, itemSampling, viewFromCamera } from './world/item.js'
export { layoutSingle } from './world/layout.js'
export type { Pace } from './world/pace.js'
export { type Batch, type Scene, TileScheduler } from './world/scheduler.js'
export type { Still, StillAtlas } from './world/stills.js'
export type { CoherentLevel, Level, Tile } from './world/tiles.js'
