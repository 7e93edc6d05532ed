// A hundred ordinary pictures that hang on no wall, so that the solver meets what it does not know: drawn by formula, flags in colours of
// no country, drawings of a free set of emoji, fields that look like photographs. Every other one of each kind is held out: no
// threshold of the solver was chosen on it.

import { mkdir, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { loadImage } from '../src/cli/image/image.js'
import { SplitMix64 } from '../src/train/random.js'
import type { RgbImage } from '../src/train/rgb-image.js'
import { type Painting, paint, type Rgb } from '../tests/solve/made-with/drawings.js'

export interface OrdinaryPicture {
  readonly name: string
  readonly kind: 'checkerboard' | 'gradient' | 'plain colour' | 'recoloured flag' | 'drawing' | 'shapes' | 'photograph'
  readonly draw: () => Promise<RgbImage>
}

const WIDTH = 120

const grey = (level: number): Rgb => [level, level, level]
const mix = (a: Rgb, b: Rgb, share: number): Rgb =>
  [0, 1, 2].map(c => a[c] + (b[c] - a[c]) * share) as [number, number, number]
const [BLACK, WHITE]: Rgb[] = [grey(0), grey(1)]
const [RED, GREEN, BLUE, YELLOW]: Rgb[] = [
  [0.85, 0.1, 0.12],
  [0.1, 0.55, 0.25],
  [0.1, 0.2, 0.7],
  [0.98, 0.83, 0.1],
]
const [ORANGE, TEAL, PINK, NIGHT]: Rgb[] = [
  [0.96, 0.5, 0.1],
  [0.1, 0.6, 0.6],
  [0.95, 0.6, 0.7],
  [0.06, 0.08, 0.2],
]
const [SAND, SLATE]: Rgb[] = [
  [0.85, 0.78, 0.62],
  [0.35, 0.42, 0.5],
]

function painted(
  kind: OrdinaryPicture['kind'],
  aspect: number,
  paintings: Readonly<Record<string, Painting>>,
): OrdinaryPicture[] {
  const [width, height] = aspect >= 1 ? [WIDTH, WIDTH / aspect] : [WIDTH * aspect, WIDTH]
  return Object.entries(paintings).map(([name, painting]) => ({
    name,
    kind,
    draw: async () => paint(painting, Math.round(width), Math.round(height)),
  }))
}

const checkers =
  (columns: number, rows: number, a: Rgb, b: Rgb): Painting =>
  (u, v) =>
    (Math.floor(u * columns) + Math.floor(v * rows)) % 2 === 0 ? a : b

const linear =
  (a: Rgb, b: Rgb, angle = 0): Painting =>
  (u, v) => {
    const along = (u - 0.5) * Math.cos(angle) + (v - 0.5) * Math.sin(angle)
    return mix(a, b, 0.5 + along / (Math.abs(Math.cos(angle)) + Math.abs(Math.sin(angle))))
  }

const radial =
  (inner: Rgb, outer: Rgb, x = 0.5, y = 0.5): Painting =>
  (u, v) =>
    mix(inner, outer, Math.min(1, Math.hypot(u - x, v - y) / 0.7))

const corners =
  (a: Rgb, b: Rgb, c: Rgb, d: Rgb): Painting =>
  (u, v) =>
    mix(mix(a, b, u), mix(c, d, u), v)

/** A hue's fully saturated colour. */
function hue(turn: number): Rgb {
  return [0, 1, 2].map(c => Math.min(1, Math.max(0, Math.abs(((turn + 1 - c / 3) % 1) * 6 - 3) - 1))) as [
    number,
    number,
    number,
  ]
}

const CHECKERBOARDS = {
  'checkers 8x8 black and white': checkers(8, 8, WHITE, BLACK),
  'checkers 9x7 green and black': checkers(9, 7, GREEN, BLACK),
  'checkers 4x4 blue and yellow': checkers(4, 4, BLUE, YELLOW),
  'checkers 3x3 pink and teal': checkers(3, 3, PINK, TEAL),
  'checkers 6x4 sand and slate': checkers(6, 4, SAND, SLATE),
  'checkers 6x5 white and black': checkers(6, 5, WHITE, BLACK),
  'checkers 3x2 teal and night': checkers(3, 2, TEAL, NIGHT),
  'checkers 12x8 blue and white': checkers(12, 8, BLUE, WHITE),
  'checkers 6x6 faint': checkers(6, 6, grey(0.55), grey(0.65)),
  'checkers 4x3 red and yellow': checkers(4, 3, RED, YELLOW),
}

const GRADIENTS = {
  'grey across': linear(BLACK, WHITE),
  'black to white, slanting': linear(BLACK, WHITE, 0.7),
  'red to blue': linear(RED, BLUE),
  'orange to teal, down': linear(ORANGE, TEAL, Math.PI / 2),
  'middle greys': linear(grey(0.35), grey(0.65)),
  'faint greys, down': linear(grey(0.45), grey(0.52), Math.PI / 2),
  'bright middle': radial(WHITE, NIGHT),
  'dark middle': radial(NIGHT, WHITE, 0.4, 0.6),
  'four corners': corners(RED, GREEN, BLUE, YELLOW),
  'four dark corners': corners([0.2, 0, 0], [0, 0.15, 0], [0, 0, 0.3], [0.2, 0.2, 0]),
  rainbow: (u: number) => hue(u * 0.9),
  'hues and black': (u: number, v: number) => mix(hue(u * 0.9), BLACK, v),
  sky: linear([0.35, 0.6, 0.95], [0.93, 0.97, 1], Math.PI / 2),
  bright: linear(grey(0.85), [1, 0.98, 0.95], 0.5),
  waves: (u: number, v: number) => mix(TEAL, SAND, 0.5 + 0.5 * Math.sin(9 * u + 4 * v)),
  'magenta to yellow': linear([1, 0, 1], [1, 1, 0], -0.6),
}

const PLAIN = {
  'plain grey': () => grey(0.5),
  'plain yellow': () => YELLOW,
  'plain black': () => BLACK,
  'plain light grey': () => grey(0.9),
  'plain blue': () => BLUE,
  'plain teal': () => TEAL,
  'plain pure green': (): Rgb => [0, 1, 0],
  'plain pure magenta': (): Rgb => [1, 0, 1],
}

const SHAPES = {
  'disc on grey': (u: number, v: number) => (Math.hypot(1.5 * (u - 0.5), v - 0.5) < 0.3 ? ORANGE : grey(0.6)),
  'half moon': (u: number, v: number) => {
    const r = Math.hypot(1.5 * (u - 0.5), v - 0.5)
    return r < 0.35 && Math.hypot(1.5 * (u - 0.6), v - 0.42) > 0.3 ? YELLOW : NIGHT
  },
  triangle: (u: number, v: number) => (v > 0.15 && v < 0.85 && Math.abs(u - 0.5) < 0.45 * (v - 0.15) ? NIGHT : SAND),
  'upright stripes': (u: number) => [TEAL, SAND, ORANGE][Math.floor(9 * u) % 3],
  'five greys': (u: number) => grey(0.1 + 0.2 * Math.floor(5 * u)),
  'white frame on red': (u: number, v: number) => {
    const edge = Math.min(u, v, 1 - u, 1 - v)
    return edge > 0.1 && edge < 0.2 ? WHITE : RED
  },
  spiral: (u: number, v: number) => {
    const [x, y] = [1.5 * (u - 0.5), v - 0.5]
    return Math.sin(18 * Math.hypot(x, y) + Math.atan2(y, x)) > 0 ? GREEN : [0.9, 0.95, 0.85]
  },
  'four squares': (u: number, v: number) => (u < 0.4 ? (v < 0.6 ? PINK : SLATE) : v < 0.3 ? GREEN : BLACK),
  steps: (u: number, v: number) => (v > 0.9 - 0.16 * Math.floor(5 * u) ? SLATE : SAND),
  'black dots': (u: number, v: number) =>
    Math.hypot(((5 * u) % 1) - 0.5, ((3 * v) % 1) - 0.5) < 0.3 ? BLACK : [1, 0.9, 0.6],
  'cross on black': (u: number, v: number) =>
    Math.abs(u - 0.5) < 0.08 || Math.abs(v - 0.5) < 0.12 ? [0.2, 0.9, 0.9] : BLACK,
  arrow: (u: number, v: number) =>
    (u < 0.6 && Math.abs(v - 0.5) < 0.12) || (u >= 0.6 && Math.abs(v - 0.5) < 0.9 * (0.9 - u)) ? BLUE : WHITE,
} satisfies Record<string, Painting>

/** Smooth random fields, the finer the weaker, as photographs are (Field 1987: amplitudes fall as one over frequency), with a few edges. */
function photograph(seed: number, contrast: number, tint: Rgb, objects: number): Painting {
  const random = new SplitMix64(seed)
  const waves = Array.from({ length: 60 }, () => {
    const frequency = 0.6 * 2 ** (4.5 * random.uniform())
    const angle = 2 * Math.PI * random.uniform()
    return {
      x: 2 * Math.PI * frequency * Math.cos(angle),
      y: 2 * Math.PI * frequency * Math.sin(angle),
      phase: 2 * Math.PI * random.uniform(),
      weights: [0, 1, 2].map(() => (0.7 + 0.6 * random.uniform()) / frequency),
    }
  })
  const blobs = Array.from({ length: objects }, () => ({
    x: random.uniform(),
    y: random.uniform(),
    r: 0.08 + 0.2 * random.uniform(),
    colour: [random.uniform(), random.uniform(), random.uniform()] as const,
  }))
  return (u, v) => {
    const sums = [0, 0, 0]
    for (const { x, y, phase, weights } of waves) {
      const value = Math.sin(x * u + y * v + phase)
      for (let c = 0; c < 3; c++) sums[c] += value * weights[c]
    }
    let colour = sums.map((sum, c) => tint[c] + (contrast * sum) / 4)
    for (const { x, y, r, colour: own } of blobs) {
      const distance = Math.hypot(1.4 * (u - x), v - y) / r
      if (distance < 1) colour = own.map((value, c) => value * (1 - 0.5 * distance) + 0.15 * (colour[c] - tint[c]))
    }
    return colour.map(value => Math.min(1, Math.max(0, value))) as [number, number, number]
  }
}

const PHOTOGRAPHS: Record<string, Painting> = Object.fromEntries(
  Array.from({ length: 16 }, (_, i) => {
    const random = new SplitMix64(500 + i)
    const tint: Rgb = [0.3 + 0.4 * random.uniform(), 0.3 + 0.4 * random.uniform(), 0.3 + 0.4 * random.uniform()]
    return [
      `photograph ${i + 1}`,
      photograph((i % 2 === 0 ? 900 : 1700) + i, [0.25, 0.5, 0.9, 0.15][(i >> 1) % 4], tint, [0, 3, 6][(i >> 1) % 3]),
    ]
  }),
)

const RECOLOURED: Readonly<Record<string, (rgb: Rgb) => Rgb>> = {
  inverted: rgb => rgb.map(value => 1 - value) as [number, number, number],
  grey: ([r, g, b]) => grey(0.3 * r + 0.59 * g + 0.11 * b),
  turned: ([r, g, b]) => [g, b, r],
  faded: rgb => mix(rgb, grey(0.6), 0.6),
}

function recoloured(how: keyof typeof RECOLOURED, codes: string): OrdinaryPicture[] {
  return codes.split(' ').map(code => ({
    name: `${code} ${how}`,
    kind: 'recoloured flag' as const,
    draw: async () => {
      const { image } = await loadImage(`node_modules/svg-country-flags/svg/${code}.svg`, { width: WIDTH })
      const data = image.data.slice()
      for (let i = 0; i < data.length; i += 3) data.set(RECOLOURED[how]([data[i], data[i + 1], data[i + 2]]), i)
      return { ...image, data }
    },
  }))
}

const EMOJI =
  'sunflower bicycle rocket anchor cactus violin soccer-ball hamburger umbrella snail castle teapot key bell guitar tiger-face frog candle penguin sailboat'

interface IconSet {
  readonly icons: Readonly<Record<string, { readonly body: string }>>
}

/** Microsoft's flat emoji (MIT), on backgrounds of all kinds. @param folder for the SVG files on their way */
function drawings(folder: string): OrdinaryPicture[] {
  const { icons } = createRequire(`${process.cwd()}/bench/`)('@iconify-json/fluent-emoji-flat/icons.json') as IconSet
  const backgrounds = ['#ffffff', '#20242c', '#9fd3c7', '#e8d9b0', '#808080']
  return EMOJI.split(' ').map((name, i) => ({
    name,
    kind: 'drawing' as const,
    draw: async () => {
      const path = `${folder}/${name}.svg`
      const [width, height] = [
        [44, 36],
        [36, 36],
        [36, 44],
      ][i % 3]
      const background = `<rect x="-10" y="-10" width="60" height="60" fill="${backgrounds[(i >> 1) % backgrounds.length]}"/>`
      const view = `${(32 - width) / 2} ${(32 - height) / 2} ${width} ${height}`
      await mkdir(folder, { recursive: true })
      await writeFile(
        path,
        `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${view}">${background}${icons[name].body}</svg>`,
      )
      return (await loadImage(path, { width: Math.round((WIDTH * width) / Math.max(width, height)) })).image
    },
  }))
}

/** All of them; those of even index are the ones that thresholds may be chosen on. @param folder for files on their way */
export function ordinaryPictures(folder: string): OrdinaryPicture[] {
  return [
    ...painted('checkerboard', 1.25, CHECKERBOARDS),
    ...painted('gradient', 1.5, GRADIENTS),
    ...painted('plain colour', 1.5, PLAIN),
    ...painted('shapes', 1.5, SHAPES),
    ...painted('photograph', 1.4, PHOTOGRAPHS),
    ...recoloured('inverted', 'my cl de se br pl ca tz kr eg'),
    ...recoloured('grey', 'fr in se cu'),
    ...recoloured('turned', 'it ro'),
    ...recoloured('faded', 'tr no'),
    ...drawings(folder),
  ]
}
