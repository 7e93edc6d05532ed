// Sensitivities as colours: on a logarithmic scale below the largest, through a sequential map. Values are shown through a diverging
// one (red and blue around white): nobody can take the one for the other.

/** What lies further below the largest is shown as nothing. */
export const DECADES = 4

/**
 * Brings sensitivities to [0, 1]: 1 is the largest, 0 is DECADES powers of ten below it, and all that is less.
 * @param sensitivities [count], each >= 0; what is not finite becomes 1
 */
export function sensitivityLevels(sensitivities: Float64Array): Float32Array {
  const largest = largestOf(sensitivities)
  return Float32Array.from(sensitivities, value => {
    if (!Number.isFinite(value)) return 1
    if (value <= 0 || largest === 0) return 0
    return Math.max(0, 1 + Math.log10(value / largest) / DECADES)
  })
}

/** The largest finite one: what the bright end of the map stands for. */
export function largestOf(sensitivities: Float64Array): number {
  return sensitivities.reduce((largest, value) => (Number.isFinite(value) ? Math.max(largest, value) : largest), 0)
}

// Viridis by Nathaniel Smith, Stéfan van der Walt and Eric Firing for matplotlib (CC0), every eighth of it, sRGB.
const VIRIDIS = [
  [68, 1, 84],
  [71, 45, 123],
  [59, 82, 139],
  [44, 114, 142],
  [33, 144, 141],
  [39, 173, 129],
  [93, 200, 99],
  [170, 220, 50],
  [253, 231, 37],
] as const

/** The colour of a level: [3] in 0 to 255. @param level clamped to [0, 1] */
export function sequentialColour(level: number): [number, number, number] {
  const at = Math.min(1, Math.max(0, level)) * (VIRIDIS.length - 1)
  const low = Math.min(VIRIDIS.length - 2, Math.floor(at))
  const mixed = (channel: 0 | 1 | 2) =>
    VIRIDIS[low][channel] + (at - low) * (VIRIDIS[low + 1][channel] - VIRIDIS[low][channel])
  return [mixed(0), mixed(1), mixed(2)]
}

/** The map from its dark end to its bright one, as a CSS gradient. */
export function sequentialGradient(): string {
  return `linear-gradient(to right, ${VIRIDIS.map(rgb => `rgb(${rgb.join(' ')})`).join(', ')})`
}
