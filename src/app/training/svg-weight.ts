// How much an SVG asks of whoever draws it. A browser draws what <use>, patterns and masks refer to as often as they are
// referred to, and ten uses of ten uses of ten uses stop the page; so they are counted before they are drawn.

import { FormatError } from '../../model/errors.js'

/** Elements that are drawn, references followed: librsvg's own limit. */
const MAX_ELEMENTS = 500_000

/**
 * Refuses an SVG that would take for ever.
 * @throws FormatError when it is no XML, or draws more than half a million elements
 */
export function checkSvgWeight(text: string): void {
  // Such a document runs no script and fetches nothing.
  const parsed = new DOMParser().parseFromString(text, 'image/svg+xml')
  if (parsed.querySelector('parsererror')) throw new FormatError('cannot be drawn as SVG: it is not well-formed')
  const weights = new Map<Element, number>()
  const weigh = (element: Element): number => {
    const known = weights.get(element)
    if (known !== undefined) return known
    // Whatever refers to itself is drawn once, or not at all.
    weights.set(element, 0)
    let weight = 1
    for (const child of element.children) weight += weigh(child)
    for (const id of referencesOf(element)) {
      const target = parsed.getElementById(id)
      if (target) weight += weigh(target)
    }
    weights.set(element, weight)
    return weight
  }
  if (weighWhole(parsed.documentElement, weigh) > MAX_ELEMENTS)
    throw new FormatError(`cannot be drawn as SVG: more than ${MAX_ELEMENTS} elements, references followed`)
}

function weighWhole(root: Element, weigh: (element: Element) => number): number {
  try {
    return weigh(root)
  } catch (error) {
    // A chain of references as long as the stack.
    if (error instanceof RangeError) return Number.POSITIVE_INFINITY
    throw error
  }
}

function referencesOf(element: Element): string[] {
  const ids: string[] = []
  for (const { localName, value } of element.attributes) {
    if (localName === 'href' && value.trim().startsWith('#')) ids.push(value.trim().slice(1))
    for (const [, id] of value.matchAll(/url\(\s*["']?#([^"')\s]+)/g)) ids.push(id)
  }
  return ids
}
