// Names in pictures. The text is set in Atkinson Hyperlegible (OFL), which is made to be read when small, and becomes outlines
// before anything is drawn: no font of the machine is asked, so the same name looks the same everywhere.

import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Font, PathCommand } from 'opentype.js'
import type { Rect } from '../../world/camera.js'
import type { ImageSize } from '../../train/rgb-image.js'
import type { Rgb } from './colour.js'
import { drawOutlines } from '../image/pixels.js'

/** The alphabets of the font come as files of their own; the first one that has a character writes it. */
const FONT_FILES = ['latin', 'latin-ext'].map(
  subset => `@fontsource/atkinson-hyperlegible/files/atkinson-hyperlegible-${subset}-400-normal.woff`,
)
/** A name that is too long is made smaller, down to this share or this size; then it is cut. */
const LEAST_SHARE = 0.65
const LEAST_SIZE = 8
/** Variation selectors, joiners and their like: they have no shape, and opentype.js throws where one begins a run. */
const UNSEEN = /\p{Default_Ignorable_Code_Point}/gu
/** Of the font size. */
const CAPITAL_HEIGHT = 0.668

/** Loads the font; not before a name is to be written, because the parser is half a megabyte. */
export async function loadCaptionFont(): Promise<CaptionFont> {
  const { default: opentype } = await import('opentype.js')
  const require = createRequire(import.meta.url)
  const fonts = FONT_FILES.map(async file => {
    const { buffer, byteOffset, length } = await readFile(require.resolve(file))
    return opentype.parse(buffer.slice(byteOffset, byteOffset + length))
  })
  return new CaptionFont(await Promise.all(fonts))
}

export class CaptionFont {
  constructor(private readonly fonts: readonly Font[]) {}

  /**
   * Draws a name in the middle of a box, made smaller or cut where it is too long.
   * @param size of the font, pixels
   * @returns [height, width] how much of each pixel the letters cover, 0 to 255
   */
  async draw(name: string, box: ImageSize, size: number): Promise<Uint8Array> {
    const fitted = this.fit(name, box.width, size)
    if (fitted.text === '') return new Uint8Array(box.width * box.height)
    const x = (box.width - this.#width(fitted.text, fitted.size)) / 2
    const y = Math.round((box.height + CAPITAL_HEIGHT * size) / 2)
    return await drawOutlines(this.#outlines(fitted.text, x, y, fitted.size), box)
  }

  /** Makes a text smaller until it fits, and where that would be too small, shorter. */
  fit(text: string, width: number, size: number): { text: string; size: number } {
    const wanted = this.#width(text, size)
    if (wanted <= width) return { text, size }
    const least = Math.min(size, Math.max(LEAST_SIZE, LEAST_SHARE * size))
    const fitting = (size * width) / wanted
    if (fitting >= least) return { text, size: fitting }
    const letters = [...text]
    while (letters.length > 0) {
      letters.pop()
      const cut = `${letters.join('').trimEnd()}…`
      if (letters.length > 0 && this.#width(cut, least) <= width) return { text: cut, size: least }
    }
    return { text: '', size: least }
  }

  #width(text: string, size: number): number {
    return this.#runs(text).reduce((sum, run) => sum + run.font.getAdvanceWidth(run.text, size), 0)
  }

  /** The data of an SVG path. */
  #outlines(text: string, x: number, y: number, size: number): string {
    let at = x
    return this.#runs(text)
      .flatMap(run => {
        const { commands } = run.font.getPath(run.text, at, y, size)
        at += run.font.getAdvanceWidth(run.text, size)
        return commands.map(pathData)
      })
      .join('')
  }

  /** Cuts a text where another file of the font has to write on. */
  #runs(text: string): Run[] {
    const runs: Run[] = []
    for (const wanted of text.normalize('NFC').replace(UNSEEN, '')) {
      // A letter that no file has is written without its marks, one of another script as the font's empty box.
      const letter = this.#fontOf(wanted) ? wanted : wanted.normalize('NFD')[0]
      const font = this.#fontOf(letter) ?? this.fonts[0]
      const last = runs.at(-1)
      if (last?.font === font) last.text += letter
      else runs.push({ font, text: letter })
    }
    // What cannot be set as a whole is set letter by letter: unkerned, its marks beside each other.
    return runs.flatMap(run => (canShape(run) ? [run] : [...run.text].map(text => ({ ...run, text })).filter(canShape)))
  }

  #fontOf(letter: string): Font | undefined {
    return this.fonts.find(font => font.charToGlyphIndex(letter) > 0)
  }
}

/** Letters that one file of the font writes. */
interface Run {
  readonly font: Font
  text: string
}

/** opentype.js 2.0.0 throws at some substitutions ("type 11 is not supported"), such as those of two diaereses with accents. */
function canShape({ font, text }: Run): boolean {
  try {
    font.stringToGlyphs(text)
    return true
  } catch {
    return false
  }
}

/**
 * A command of a path as SVG has it. opentype.js 2.0.0 has toPathData for this, which writes NaN where a fraction is below
 * 1e-6: https://github.com/opentypejs/opentype.js/issues/876
 */
function pathData(command: PathCommand): string {
  const at = (...coordinates: number[]) => coordinates.map(v => v.toFixed(3)).join(' ')
  switch (command.type) {
    case 'Z':
      return 'Z'
    case 'Q':
      return `Q${at(command.x1, command.y1, command.x, command.y)}`
    case 'C':
      return `C${at(command.x1, command.y1, command.x2, command.y2, command.x, command.y)}`
    default:
      return `${command.type}${at(command.x, command.y)}`
  }
}

/** A name that was drawn, and where it stands in the picture. */
export class Caption {
  constructor(
    private readonly covered: Uint8Array,
    private readonly rect: Rect,
  ) {}

  /**
   * Blends the name's part into a strip of the picture.
   * @param levels [strip.rows, width, 3]
   */
  blendInto(levels: Uint8Array, width: number, strip: { readonly y: number; readonly rows: number }, ink: Rgb): void {
    const { rect, covered } = this
    const end = Math.min(rect.y + rect.height, strip.y + strip.rows)
    for (let y = Math.max(rect.y, strip.y); y < end; y++)
      for (let x = Math.max(0, rect.x); x < Math.min(width, rect.x + rect.width); x++) {
        const share = covered[(y - rect.y) * rect.width + x - rect.x] / 255
        if (share === 0) continue
        const i = ((y - strip.y) * width + x) * 3
        for (let channel = 0; channel < 3; channel++)
          levels[i + channel] = Math.round(levels[i + channel] + (ink[channel] - levels[i + channel]) * share)
      }
  }
}
