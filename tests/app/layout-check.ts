// What a page must be at every size: nothing lies over anything else, nothing is cut off, nothing is wider than the page; in a dialog, too.

import type { CDPSession, Page } from 'puppeteer'
import { isFull } from '../is-full.js'
import { twoFrames } from './explorer-page.js'

export interface Size {
  readonly width: number
  readonly height: number
  /** Whether fingers press there. */
  readonly touch?: boolean
}

const FULL_SIZES: readonly Size[] = [
  { width: 1280, height: 800 },
  { width: 1920, height: 1080 },
  { width: 900, height: 700 },
  { width: 844, height: 390, touch: true },
  { width: 390, height: 844, touch: true },
  // 1280 x 800, 1920 x 1080 and 900 x 700 at 200 %.
  { width: 640, height: 400 },
  { width: 960, height: 540 },
  { width: 450, height: 350 },
]

/** In the sample some sizes; all of them in full, and the desk's at 200 %, which halves the page. */
export const SIZES = isFull ? FULL_SIZES : FULL_SIZES.filter(({ width }) => [900, 390].includes(width))

/** Gives the page another size, and fingers or a mouse, without loading it anew. */
export async function resize(page: Page, cdp: CDPSession, { width, height, touch = false }: Size): Promise<void> {
  await page.setViewport({ width, height })
  await cdp.send('Emulation.setTouchEmulationEnabled', { enabled: touch, maxTouchPoints: 1 })
  // A button that is still on its way to its place is not hit.
  await page.evaluate(() => window.vexel.settled())
  await twoFrames(page)
}

/** What a person reads or presses, beside and under the picture. */
const ON_PAGE =
  'header > *, .kept-run > *, .toolbar > *, .ways > *, .leads > *, .readout, .welcome > *, .tour > *, .film-bar button, .film-bar select, .track, .ticks span, ' +
  '.neuron-bar button, .neuron-bar select, .legend, .unit-title, .transport button, .transport .ground, .pane-tabs button, .figures, .flat, .solve-note, .search, .sort, .back, ' +
  '.compare button, .compare .names span, .worth'

/** The same in a dialog: its parts that hold no other. */
const IN_DIALOG = ':is(button, select, input, label, progress, h2, h3, p, span, dt, dd, kbd, canvas, img, b)'

/** Pairs of things that lie over each other, and what is cut off at an edge of the page. */
export async function clashes(page: Page): Promise<string[]> {
  return await page.evaluate(kinds => {
    const shown = [...document.querySelectorAll<HTMLElement>(kinds)].filter(
      element =>
        element.checkVisibility({ visibilityProperty: true }) &&
        !element.closest('.hidden') &&
        element.getClientRects().length > 0,
    )
    const nameOf = (element: HTMLElement) =>
      `${element.tagName.toLowerCase()}.${element.className} "${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 24)}"`
    const boxes = shown.map(element => ({ element, box: element.getBoundingClientRect() }))
    const problems = boxes.flatMap(({ element, box }) =>
      box.left < -0.5 || box.top < -0.5 || box.right > innerWidth + 0.5 || box.bottom > innerHeight + 0.5
        ? [`${nameOf(element)} is cut off`]
        : [],
    )
    boxes.forEach((a, i) => {
      for (const b of boxes.slice(i + 1)) {
        if (a.element.contains(b.element) || b.element.contains(a.element)) continue
        const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left)
        const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top)
        if (across > 0.5 && down > 0.5) problems.push(`${nameOf(a.element)} and ${nameOf(b.element)} overlap`)
      }
    })
    if (document.documentElement.scrollWidth > innerWidth) problems.push('the page is wider than its window')
    return problems
  }, ON_PAGE)
}

/**
 * The same of the open dialog, which may be higher than its page: what of it is not all in the page, what lies over what, what is cut off at its
 * sides, and what cannot be pressed wherever it is scrolled to.
 */
export async function dialogClashes(page: Page): Promise<string[]> {
  return await page.evaluate(parts => {
    const dialog = document.querySelector<HTMLDialogElement>('dialog[open]')
    if (!dialog?.checkVisibility({ visibilityProperty: true })) return ['there is no dialog to be seen']
    const nameOf = (element: Element) =>
      `${element.tagName.toLowerCase()} "${(element.getAttribute('aria-label') ?? element.textContent ?? '').trim().slice(0, 24)}"`
    const problems: string[] = []
    const frame = dialog.getBoundingClientRect()
    if (frame.left < 0 || frame.top < 0 || frame.right > innerWidth || frame.bottom > innerHeight)
      problems.push(`the dialog is cut off by the page: ${JSON.stringify(frame)}`)
    if (dialog.scrollWidth > dialog.clientWidth) problems.push('the dialog scrolls to its side')
    const isSeen = (element: Element) =>
      element.checkVisibility({ visibilityProperty: true }) && !element.closest('.hidden') && element.clientWidth > 0
    const leaves = [...dialog.querySelectorAll<HTMLElement>(parts)].filter(
      element =>
        isSeen(element) &&
        !element.querySelector(parts) &&
        !element.parentElement?.closest('button') &&
        !inRow(element),
    )
    /** What stays at the foot lies over what is scrolled, as it should. */
    function inRow(element: Element): boolean {
      for (let at: Element | null = element; at && at !== dialog; at = at.parentElement)
        if (getComputedStyle(at).position === 'sticky') return true
      return false
    }
    const boxes = leaves.map(element => ({ element, box: element.getBoundingClientRect() }))
    for (const { element, box } of boxes)
      if (box.left < frame.left || box.right > frame.right) problems.push(`${nameOf(element)} is cut off`)
    boxes.forEach((a, i) => {
      for (const b of boxes.slice(i + 1)) {
        const across = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left)
        const down = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top)
        if (across > 0.5 && down > 0.5) problems.push(`${nameOf(a.element)} and ${nameOf(b.element)} overlap`)
      }
    })
    const { scrollTop } = dialog
    for (const control of dialog.querySelectorAll<HTMLElement>('button, select, input')) {
      if (!isSeen(control)) continue
      control.scrollIntoView({ block: 'nearest' })
      const { left, top, width, height } = control.getBoundingClientRect()
      const isReached = [0.1, 0.5, 0.9].every(share => {
        const hit = document.elementFromPoint(left + share * width, top + height / 2)
        return control.contains(hit) || hit?.closest('label')?.contains(control)
      })
      if (!isReached || width < 20) problems.push(`${nameOf(control)} cannot be pressed`)
      if (control.matches('button') && control.scrollWidth > control.clientWidth + 1)
        problems.push(`the text of ${nameOf(control)} is cut off`)
    }
    dialog.scrollTop = scrollTop
    return problems
  }, IN_DIALOG)
}
