// The page's theme, light or dark as the person has it: the style sheets follow by themselves, the ground behind the pictures does here.

/**
 * Writes the ground of the style sheet, whichever that is.
 * @param ground channels in [0, 1]
 * @param onChange called when it is another one
 */
export function followTheme(ground: [number, number, number], onChange: () => void): void {
  const apply = () => {
    const spelled = getComputedStyle(document.documentElement).getPropertyValue('--ground').trim()
    // As the style sheets spell it, minified or not: #rgb or #rrggbb.
    const digits =
      spelled.length === 4 ? Array.from(spelled.slice(1), digit => digit + digit) : spelled.slice(1).match(/../g)
    digits?.forEach((pair, channel) => {
      ground[channel] = Number.parseInt(pair, 16) / 255
    })
    const meta = document.querySelector<HTMLMetaElement>('meta[name="theme-color"]')
    if (meta) meta.content = spelled
    onChange()
  }
  matchMedia('(prefers-color-scheme: light)').addEventListener('change', apply)
  apply()
}
