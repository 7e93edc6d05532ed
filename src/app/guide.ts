// What the tour is given to move: the page's features, put together here as a person would use them.

import type { Explorer } from './explorer.js'
import type { FilmFeature } from './film/feature.js'
import type { NeuronsFeature } from './neurons/feature.js'
import { samplePicture } from './sample-pictures.js'
import type { TourHost } from './tour/tour.js'
import type { TrainingFeature } from './training/feature.js'
import { cameraFromView } from '../world/item.js'
import { FormatError } from '../model/errors.js'

/** A unit of the last hidden layer, without which the flag of the tour is plainly another. */
const SILENCED = { layer: 7, unit: 3 }

export function tourHost(
  explorer: Explorer,
  films: FilmFeature,
  units: NeuronsFeature,
  training: TrainingFeature,
): TourHost {
  const { viewer, wall, places, messages, requestRender } = explorer
  let isSilenced = false
  const undo = () => {
    if (isSilenced) units.session?.undo()
    isSilenced = false
  }
  return {
    isInstant: () => viewer.navigator.isInstant,
    enter: async code => {
      const flag = wall.flagOf(code)
      if (!flag) throw new FormatError('the tour flies into a flag of the wall, and there is none')
      await places.enterFlag(flag)
    },
    look: async (x, y, zoom) => {
      const { item, viewport } = viewer
      if (item) await viewer.navigator.fly(cameraFromView(item, { x, y, zoom }, viewport))
    },
    inside: async () => {
      await units.open()
    },
    silence: async () => {
      await units.session?.silence(SILENCED)
      isSilenced = true
    },
    undo,
    leaveInside: async () => {
      undo()
      if (units.session) await units.close()
    },
    film: () => {
      if (films.isOffered) void films.tryOpen()
    },
    closeFilm: async () => {
      await films.session?.close()
    },
    home: () => places.showWall(),
    train: async url => {
      await messages.attempt(async () => await training.openAny(await samplePicture(url)))
    },
    choosePicture: () => void training.choosePicture(),
    requestRender,
  }
}
