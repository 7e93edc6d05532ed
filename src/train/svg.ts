// The proportions of an SVG, and the same SVG drawn at a size in whole pixels. Renderers disagree about both (units, a
// viewBox alone, proportions that are no whole pixels leave a seam of background), so that the root element is told its
// size in pixels and fills it. Only the root's start tag is read and written here; everything else is the renderer's.

import { FormatError } from '../model/errors.js'
import type { ImageSize } from './rgb-image.js'

/** An SVG document whose root was read. */
export interface Svg {
  /** In CSS pixels, not always whole; of a viewBox alone, its own units. */
  readonly width: number
  readonly height: number
  /** The document that a renderer draws at width x height whole pixels, filled to the edges. To be read as UTF-8. */
  at(width: number, height: number): string
}

/**
 * Reads the size of an SVG.
 * @throws FormatError when the root is no <svg>, or says no size
 */
export function parseSvg(text: string): Svg {
  const { begin, end, name, attributes, isEmpty } = parseRoot(text)
  const resolve = entityResolver(text.slice(0, begin))
  const valueOf = (attribute: string) => resolve(attributes.get(attribute))
  const viewBox = parseViewBox(valueOf('viewBox'))
  const { width, height } = sizeOf(valueOf, viewBox)
  const visible = visibleBox(viewBox, width, height, valueOf('preserveAspectRatio') ?? '')
  const kept = [...attributes].filter(([attribute]) => !REPLACED.has(attribute))
  return {
    width,
    height,
    at(pixelWidth, pixelHeight) {
      const style = `${attributes.get('style') ?? ''};width:${pixelWidth}px!important;height:${pixelHeight}px!important`
      const written: (readonly [string, string])[] = [
        ...kept,
        ['width', `${pixelWidth}`],
        ['height', `${pixelHeight}`],
        ['viewBox', visible.join(' ')],
        ['preserveAspectRatio', 'none'],
        // A style outranks the attributes.
        ['style', style],
      ]
      // A value is copied as it stands, entities and all; only its quotes are ours.
      const tag = written.map(([attribute, value]) => ` ${attribute}="${value.replaceAll('"', '&quot;')}"`).join('')
      // The XML declaration goes: it may state another encoding.
      const prolog = text.slice(0, begin).replace(/^\uFEFF?(?:<\?xml\s[^>]*>)?/, '')
      return `${prolog}<${name}${tag}${isEmpty ? '/' : ''}>${text.slice(end)}`
    },
  }
}

// An SVG is drawn this many times as large and then averaged: renderers blend shapes that share an edge one after the
// other, which leaves seams of background as wide as one of their pixels.
const SVG_OVERSAMPLING = 4
const MAX_SVG_EDGE = 8192
// 64 MB, what a phone's browser takes for one picture; what is finer is drawn twice as large all the same.
const PLENTY_OF_PIXELS = 2 ** 24
const LEAST_OVERSAMPLING = 2

/** The size to draw an SVG at for a target: a whole multiple, so that every target pixel is the mean of whole drawn ones. */
export function drawingSize({ width, height }: ImageSize): ImageSize {
  const affordable = Math.floor(Math.sqrt(PLENTY_OF_PIXELS / (width * height)))
  const wanted = Math.min(SVG_OVERSAMPLING, Math.max(LEAST_OVERSAMPLING, affordable))
  const factor = Math.min(wanted, Math.floor(MAX_SVG_EDGE / Math.max(width, height)))
  return { width: width * factor, height: height * factor }
}

const REPLACED = new Set(['width', 'height', 'viewBox', 'preserveAspectRatio', 'style'])

interface Root {
  /** Where its start tag begins and ends. */
  readonly begin: number
  readonly end: number
  readonly name: string
  /** Raw: entities are not resolved. */
  readonly attributes: ReadonlyMap<string, string>
  readonly isEmpty: boolean
}

function parseRoot(text: string): Root {
  const begin = skipProlog(text)
  const read = (pattern: RegExp, at: number) => {
    pattern.lastIndex = at
    return pattern.exec(text)
  }
  const opening = read(/<((?:[\w.-]+:)?svg)(?=[\s/>])/y, begin)
  if (!opening) throw new FormatError('expected an SVG whose outermost element is <svg>')
  const attributes = new Map<string, string>()
  let at = begin + opening[0].length
  for (;;) {
    const attribute = read(/\s+([^\s=/<>"']+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y, at)
    if (!attribute) break
    attributes.set(attribute[1], attribute[2] ?? attribute[3])
    at += attribute[0].length
  }
  const closing = read(/\s*(\/?)>/y, at)
  if (!closing) throw new FormatError('the SVG breaks off, or is wrong, in its first tag')
  return { begin, end: at + closing[0].length, name: opening[1], attributes, isEmpty: closing[1] !== '' }
}

/** Where the first element begins: after the declaration, comments, instructions and the document type. */
function skipProlog(text: string): number {
  let at = text.startsWith('\uFEFF') ? 1 : 0
  for (;;) {
    while (/\s/.test(text.charAt(at))) at++
    if (text.startsWith('<?', at)) at = after(text, '?>', at)
    else if (text.startsWith('<!--', at)) at = after(text, '-->', at + 4)
    else if (text.startsWith('<!DOCTYPE', at)) at = skipDoctype(text, at + 9)
    else return at
  }
}

/** After the `>` that is in no quotes, no comment and not between the brackets. */
function skipDoctype(text: string, begin: number): number {
  let at = begin
  let isInside = false
  while (at < text.length) {
    const character = text[at]
    if (character === '"' || character === "'") at = after(text, character, at + 1)
    else if (text.startsWith('<!--', at)) at = after(text, '-->', at + 4)
    else if (text.startsWith('<?', at)) at = after(text, '?>', at)
    else {
      if (character === '[') isInside = true
      if (character === ']') isInside = false
      at++
      if (character === '>' && !isInside) return at
    }
  }
  throw new FormatError('the SVG breaks off before its first tag')
}

function after(text: string, end: string, from: number): number {
  const at = text.indexOf(end, from)
  if (at < 0) throw new FormatError('the SVG breaks off before its first tag')
  return at + end.length
}

/** Entities in entities, and how long a value of the root may become of them: a size is a few characters. */
const MAX_NESTING = 8
const MAX_VALUE_LENGTH = 1000

/** Puts in what the document type declares its entities to be. What is not declared there, or becomes too long, stays as it is. */
function entityResolver(prolog: string): (value: string | undefined) => string | undefined {
  const entities = new Map<string, string>()
  for (const [, name, quoted, single] of prolog.matchAll(/<!ENTITY\s+([\w.:-]+)\s+(?:"([^"]*)"|'([^']*)')\s*>/g))
    // Of several the first one counts.
    if (!entities.has(name)) entities.set(name, quoted ?? single)
  return value => {
    let resolved = value
    for (let i = 0; i < MAX_NESTING && resolved?.includes('&'); i++) {
      const next: string = resolved.replace(
        /&([\w.:-]+);/g,
        (reference, name: string) => entities.get(name) ?? reference,
      )
      if (next === resolved || next.length > MAX_VALUE_LENGTH) break
      resolved = next
    }
    return resolved
  }
}

type Box = readonly [x: number, y: number, width: number, height: number]

/** Null for none, and for one that shows nothing. */
function parseViewBox(text: string | undefined): Box | null {
  const numbers = (text ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number)
  const isBox = numbers.length === 4 && numbers.every(Number.isFinite) && numbers[2] > 0 && numbers[3] > 0
  return isBox ? (numbers as unknown as Box) : null
}

function sizeOf(valueOf: (attribute: string) => string | undefined, viewBox: Box | null): ImageSize {
  const style = valueOf('style') ?? ''
  const styled = (property: string) =>
    new RegExp(`(?:^|;)\\s*${property}\\s*:([^;!]*)`, 'i').exec(style)?.[1] ?? undefined
  const lengthOf = (property: string) => parseLength(valueOf(property)) ?? parseLength(styled(property))
  const [width, height] = [lengthOf('width'), lengthOf('height')]
  if (width !== null && height !== null) return { width, height }
  if (!viewBox) throw new FormatError('the SVG says no size: give it a viewBox, or a width and a height')
  const [, , boxWidth, boxHeight] = viewBox
  if (width !== null) return { width, height: (width * boxHeight) / boxWidth }
  if (height !== null) return { width: (height * boxWidth) / boxHeight, height }
  return { width: boxWidth, height: boxHeight }
}

/** CSS pixels a unit; the font is the browsers' default. */
const PIXELS: Readonly<Record<string, number>> = {
  '': 1,
  px: 1,
  pt: 96 / 72,
  pc: 16,
  mm: 96 / 25.4,
  cm: 960 / 25.4,
  q: 24 / 25.4,
  in: 96,
  em: 16,
  rem: 16,
  ex: 8,
}

/** In CSS pixels; null when there is none, or it is a share of what there is none of. */
function parseLength(text: string | undefined): number | null {
  const match = /^\s*\+?((?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?)([a-z]*)\s*$/i.exec(text ?? '')
  const pixels = match ? Number(match[1]) * (PIXELS[match[2].toLowerCase()] ?? Number.NaN) : Number.NaN
  return pixels > 0 && Number.isFinite(pixels) ? pixels : null
}

/**
 * What of the user space a viewport shows: with it for a viewBox the viewport is filled exactly.
 * Source: SVG 2, section 8.2, "Computing the equivalent transform of an SVG viewport".
 */
function visibleBox(viewBox: Box | null, width: number, height: number, preserveAspectRatio: string): Box {
  if (!viewBox) return [0, 0, width, height]
  const [x, y, boxWidth, boxHeight] = viewBox
  const [align, meetOrSlice] = preserveAspectRatio.trim().split(/\s+/)
  if (align === 'none') return viewBox
  const [scaleX, scaleY] = [width / boxWidth, height / boxHeight]
  const scale = meetOrSlice === 'slice' ? Math.max(scaleX, scaleY) : Math.min(scaleX, scaleY)
  const [visibleWidth, visibleHeight] = [width / scale, height / scale]
  const share = (axis: 'x' | 'Y') => (align.includes(`${axis}Min`) ? 0 : align.includes(`${axis}Max`) ? 1 : 0.5)
  return [
    x + (boxWidth - visibleWidth) * share('x'),
    y + (boxHeight - visibleHeight) * share('Y'),
    visibleWidth,
    visibleHeight,
  ]
}
