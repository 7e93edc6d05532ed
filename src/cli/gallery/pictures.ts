// The catalogue that the solver compares with, made from a folder of images: `vexel gallery SOURCE -o OUT --pictures`.

import { join } from 'node:path'
import { FormatError } from '../../model/errors.js'
import { type Catalogue, type CataloguePicture, formatCatalogue, LIST_FILE, SHEET_FILE } from '../../solve/catalogue.js'
import type { Rgb } from '../../train/colour.js'
import { imageKind } from '../../train/image-kind.js'
import { resample } from '../../train/resample.js'
import type { Source } from './gallery-sources.js'
import { readCapped } from '../files/input.js'
import { writeWhole } from '../files/output.js'
import { decodePixels, decodeSvg, encodePng } from '../image/pixels.js'
import { readSvg } from '../image/svg-file.js'

const SIZE = 48
// SVGs are drawn this many times as large, then averaged: small print becomes its mean colour and not a renderer's guess.
const OVERSAMPLING = 16

/**
 * Writes the catalogue of a folder's images, in their order: pictures.png and pictures.json.
 * @param background under transparent parts
 * @param onBroken told of each image that is wrong, in one line that begins with its path; it is left out
 * @throws FormatError when all are
 */
export async function writePictures(
  folder: string,
  sources: readonly Source[],
  background: Rgb,
  onBroken: (line: string) => void,
): Promise<Catalogue> {
  const pictures: CataloguePicture[] = []
  for (const source of sources)
    try {
      pictures.push(await loadPicture(source, background))
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      onBroken(error.message)
    }
  if (pictures.length === 0) throw new FormatError(`${folder}: no picture could be read`)
  const catalogue: Catalogue = { size: SIZE, pictures }
  const { list, sheet } = formatCatalogue(catalogue)
  await writeWhole(join(folder, SHEET_FILE), await encodePng(sheet))
  await writeWhole(join(folder, LIST_FILE), Buffer.from(list))
  return catalogue
}

async function loadPicture({ code, name, path }: Source, background: Rgb): Promise<CataloguePicture> {
  const bytes = await readCapped(path, 'an image')
  try {
    const kind = imageKind(bytes)
    const svg = kind === 'SVG' ? readSvg(bytes) : null
    const drawn = svg
      ? await decodeSvg(svg, { width: SIZE * OVERSAMPLING, height: SIZE * OVERSAMPLING })
      : await decodePixels(bytes, kind as Exclude<typeof kind, 'SVG'>)
    const { data } = resample(drawn.rgba, drawn, { width: SIZE, height: SIZE }, background)
    const { width, height } = svg ?? drawn
    return { code, name, aspect: width / height, pixels: Uint8Array.from(data, value => Math.round(255 * value)) }
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${path}: ${error.message}`)
    throw error
  }
}
