// A canvas of a template that shows a picture of levels.

import { type DirectiveResult } from 'lit-html/directive.js'
import { ref } from 'lit-html/directives/ref.js'

/** A picture, another object whenever it is another one. */
export interface LevelPicture {
  readonly width: number
  readonly height: number
  /** [height, width, 4] levels. */
  readonly rgba: Uint8ClampedArray<ArrayBuffer>
}

const painted = new WeakMap<HTMLCanvasElement, LevelPicture>()

/** Makes a canvas of a template as large as a picture and paints that on it; it keeps one until there is another. @param picture null for none yet */
export function paintedWith(picture: LevelPicture | null): DirectiveResult {
  return ref(element => {
    if (!(element instanceof HTMLCanvasElement) || !picture || painted.get(element) === picture) return
    const { width, height, rgba } = picture
    if (element.width !== width) element.width = width
    if (element.height !== height) element.height = height
    element.getContext('2d')?.putImageData(new ImageData(rgba, width, height), 0, 0)
    painted.set(element, picture)
  })
}
