// What a run leaves behind: the network as a file that PyTorch loads, and the film of how it was learned.

import type { Architecture } from '../model/architecture.js'
import { wiringMetadata } from '../model/wiring.js'
import { DEFAULT_FRAME, FRAME_KEY } from '../model/frame.js'
import { StateDict } from '../model/state-dict.js'
import type { Tensors } from '../kernel/training.js'
import { TRAINED_KEYS } from './metadata.js'
import { networkTensors } from './network-tensors.js'
import { type Snapshot, stackSnapshots } from './snapshots.js'
import type { Psnrs, Target } from './target.js'
import type { CurvePoint } from './start-state.js'
import type { RunSettings } from './trainer.js'

/** What stands in the metadata besides the settings. */
export interface Provenance {
  /** Name of the image, without its folder. */
  readonly sourceName: string
  /** The version of vexel. */
  readonly version: string
}

/** Steps of a film's snapshots, a JSON list, and the curve of the run, a JSON list of [step, loss, PSNR, PSNR in detail]. */
export const FILM_KEYS = { steps: 'vexel.snapshotSteps', curve: 'vexel.curve' } as const

/** The finished network. @param quality of the network as the file holds it, null when not measured @param dtype of the weights */
export function createResult(
  architecture: Architecture,
  tensors: Tensors,
  target: Target,
  settings: RunSettings,
  steps: number,
  quality: Psnrs | null,
  provenance: Provenance,
  dtype: 'F32' | 'F16' = 'F32',
): StateDict {
  const metadata = commonMetadata(architecture, target, settings, provenance)
  metadata.set(TRAINED_KEYS.steps, String(steps))
  if (quality) {
    metadata.set(TRAINED_KEYS.psnr, quality.psnr.toFixed(4))
    metadata.set(TRAINED_KEYS.psnrDetail, quality.psnrDetail.toFixed(4))
  }
  return StateDict.create(networkTensors(architecture, tensors, steps, dtype), metadata)
}

/** The film: every tensor with a leading axis of snapshots. */
export function createFilm(
  architecture: Architecture,
  snapshots: readonly Snapshot[],
  curve: readonly CurvePoint[],
  target: Target,
  settings: RunSettings,
  provenance: Provenance,
): StateDict {
  const metadata = commonMetadata(architecture, target, settings, provenance)
  metadata
    .set(FILM_KEYS.steps, JSON.stringify(snapshots.map(({ step }) => step)))
    .set(FILM_KEYS.curve, curveJson(curve))
  return StateDict.create(stackSnapshots(architecture, snapshots), metadata)
}

/** [step, loss, PSNR, PSNR in detail] a point, in seven and five digits. */
export function curveJson(curve: readonly CurvePoint[]): string {
  return JSON.stringify(
    curve.map(({ step, loss, psnr, psnrDetail }) => [
      step,
      Number(loss.toPrecision(7)),
      ...[psnr, psnrDetail].map(dB => Number(dB.toPrecision(5))),
    ]),
  )
}

function commonMetadata(
  { wiring }: Architecture,
  { seen, detail }: Target,
  settings: RunSettings,
  provenance: Provenance,
): Map<string, string> {
  const { width, height } = seen
  const metadata = new Map([
    [FRAME_KEY, JSON.stringify({ ...DEFAULT_FRAME, aspect: width / height })],
    ...wiringMetadata(wiring),
    [TRAINED_KEYS.width, String(width)],
    [TRAINED_KEYS.height, String(height)],
    [TRAINED_KEYS.detailWidth, String(detail.width)],
    [TRAINED_KEYS.detailHeight, String(detail.height)],
    [TRAINED_KEYS.source, provenance.sourceName],
    [TRAINED_KEYS.recipe, JSON.stringify({ ...settings.recipe, batch: settings.batch, starts: settings.starts })],
    [TRAINED_KEYS.seed, String(settings.seed)],
    [TRAINED_KEYS.version, provenance.version],
  ])
  if (settings.arithmetic) metadata.set(TRAINED_KEYS.arithmetic, settings.arithmetic)
  return metadata
}
