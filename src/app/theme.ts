// The page's theme, light or dark as the person has it: the style sheets follow by themselves, the ground behind the pictures does here.

import type { Viewer } from '../draw/viewer.js'

/** Draws on the ground of the style sheet, whichever that is. @param onChange called when it is another one */
export function followTheme(viewer: Viewer, onChange: () => void): void {
  const apply = () => {
    const ground = getComputedStyle(document.documentElement).getPropertyValue('--ground').trim()
    // As the style sheets spell it, minified or not: #rgb or #rrggbb.
    const digits =
      ground.length === 4 ? Array.from(ground.slice(1), digit => digit + digit) : ground.slice(1).match(/../g)
    digits?.forEach((pair, channel) => {
      viewer.lifecycle.background[channel] = Number.parseInt(pair, 16) / 255
    })
    const meta = document.querySelector<HTMLMetaElement>('meta[name="theme-color"]')
    if (meta) meta.content = ground
    onChange()
  }
  matchMedia('(prefers-color-scheme: light)').addEventListener('change', apply)
  apply()
}
