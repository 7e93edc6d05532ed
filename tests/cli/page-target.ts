// The target that the page would train on, from the page's own code; what its worker does is done in the page.

import type { Target } from '../../src/train/target.js'

declare global {
  interface Window {
    targetOf(image: Blob, width?: number): Promise<Target>
  }
}

/** A module for a page of the harness's server, which has the sources; then there is `window.targetOf`. */
export const PAGE_TARGET_MODULE = `
  import { loadTarget } from '/src/app/training/target-image.ts'
  import { targetOfBitmap } from '/src/app/training/bitmap-target.ts'
  const pictures = { resample: async (...bitmap) => targetOfBitmap(...bitmap) }
  window.targetOf = async (blob, width = 4096) =>
    (await loadTarget({ blob, name: 'a.png' }, { width }, '#ffffff', pictures)).target`
