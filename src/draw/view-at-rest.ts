// What renderers are compared on: the open network, seen alone and at rest.

import type { Navigator } from '../world/navigator.js'
import type { Contents } from './contents.js'
import type { ComparedView } from './lifecycle.js'

/** @returns null where no network is seen alone */
export function viewAtRest(
  contents: Contents,
  { camera, viewport }: Navigator,
  isSettled: () => boolean,
): ComparedView | null {
  const { alone, items } = contents
  if (!alone) return null
  return {
    scene: { camera, viewport, samples: 1, items },
    copyTo: renderer => contents.copyTo(renderer, alone),
    isSame: () => contents.alone === alone,
    isAtRest: () => contents.alone === alone && isSettled(),
  }
}
