// A run as files: the network as it is now, the film of it, its curve as a table.

import type { StateDict } from '../../model/state-dict.js'
import { createFilm } from '../../train/result.js'
import type { CurvePoint } from '../../train/start-state.js'
import type { LearnedImage } from './learned-image.js'
import type { Run } from './run.js'

export function networkFile(stateDict: StateDict, { baseName }: LearnedImage): File {
  return new File([stateDict.serialize() as Uint8Array<ArrayBuffer>], `${baseName}.safetensors`)
}

/** The snapshots so far. */
export function filmFile(run: Run, { baseName, provenance }: LearnedImage): File {
  const { architecture, target, settings, snapshots, curve } = run
  const film = createFilm(architecture, snapshots, curve, target, settings, provenance)
  return new File([film.serialize() as Uint8Array<ArrayBuffer>], `${baseName}.film.safetensors`)
}

/** Step, loss, PSNR as it is seen and in detail. */
export function curveFile(curve: readonly CurvePoint[], { baseName }: LearnedImage): File {
  const lines = curve.map(
    ({ step, loss, psnr, psnrDetail }) => `${[step, loss.toPrecision(7), psnr.toFixed(4), psnrDetail.toFixed(4)]}\n`,
  )
  return new File(['step,loss,psnr,psnr_detail\n', ...lines], `${baseName}.curve.csv`, { type: 'text/csv' })
}
