// The one open file: overlays over its own weights, its frame, a training that writes to it. The viewer is a list of what it was asked to draw.

import { expect, test } from 'vitest'
import { parseFile, openParsed } from '../../src/open/open-file.js'
import { Opened } from '../../src/app/open/opened.js'
import type { Viewer } from '../../src/draw/viewer.js'
import { UnsupportedError } from '../../src/model/errors.js'
import { DEFAULT_FRAME, type Frame } from '../../src/model/frame.js'
import { createNetwork, type Network } from '../../src/model/network.js'
import { StateDict } from '../../src/model/state-dict.js'
import { oracleFile } from '../browser/pages.js'

const fileOf = (name: 'japan' | 'usa' | 'nepal') =>
  openParsed(parseFile({ name: `${name}.safetensors`, url: null, key: name, bytes: oracleFile(name) }))
const networkOf = (name: 'japan' | 'usa' | 'nepal') => createNetwork(StateDict.parse(oracleFile(name)))

/** A viewer that shows a network alone. */
function openedWith(file = fileOf('japan')) {
  let own: Network | null = file.network
  let drawn: Network | null = own
  let frame: Frame | null = file.ownFrame
  let refused: Network | null = null
  const views: unknown[] = []
  const contents = {
    get network() {
      return drawn
    },
    get ownNetwork() {
      return own
    },
    setFrame: (next: Frame) => {
      frame = next
      return true
    },
    updateNetwork: (before: Network, after: Network) => {
      if (before !== own) return false
      own = drawn = after
      return true
    },
    showOverlay: (before: Network, overlay: Network | null) => {
      if (overlay === refused && overlay !== null) throw new UnsupportedError('cannot be drawn here')
      expect(before).toBe(own)
      drawn = overlay ?? own
      return true
    },
  }
  const viewer = {
    contents,
    navigator: { setView: (view: unknown) => views.push(view) },
    get frame() {
      return frame
    },
    view: { x: 0.5, y: 0, zoom: 3 },
  } as unknown as Viewer
  const opened = new Opened(viewer)
  opened.take(file, false)
  let changes = 0
  opened.changed.subscribe(() => changes++)
  return {
    opened,
    file,
    views,
    drawn: () => drawn,
    changes: () => changes,
    refuse: (network: Network) => {
      refused = network
    },
    /** Its strip is seen in its place, and then it alone again. */
    leave: () => {
      own = drawn = null
    },
    enter: () => {
      own = drawn = file.network
    },
  }
}

test('a film is seen over edits, and these again when it is taken away', () => {
  const { opened, file, drawn } = openedWith()
  const [edited, moment] = [networkOf('usa'), networkOf('nepal')]
  opened.setOverlay('edits', edited)
  expect(drawn()).toBe(edited)
  opened.setOverlay('film', moment)
  expect(drawn()).toBe(moment)
  // What changes beneath is not seen.
  const other = networkOf('japan')
  opened.setOverlay('edits', other)
  expect(drawn()).toBe(moment)
  opened.setOverlay('film', null)
  expect(drawn()).toBe(other)
  opened.setOverlay('edits', null)
  expect(drawn()).toBe(file.network)
})

test('the end of a film is the file itself, whatever was edited', () => {
  const { opened, file, drawn } = openedWith()
  opened.setOverlay('edits', networkOf('usa'))
  opened.setOverlay('film', file.network)
  expect(drawn()).toBe(file.network)
})

test('edits are hidden to compare, and are what they were afterwards', () => {
  const { opened, file, drawn } = openedWith()
  const edited = networkOf('usa')
  opened.setOverlay('edits', edited)
  opened.isComparing = true
  expect(drawn()).toBe(file.network)
  expect(opened.overlay('edits')).toBe(edited)
  opened.isComparing = false
  expect(drawn()).toBe(edited)
})

test('what cannot be drawn changes nothing', () => {
  const { opened, drawn, refuse, changes } = openedWith()
  const [good, bad] = [networkOf('usa'), networkOf('nepal')]
  opened.setOverlay('edits', good)
  const before = changes()
  refuse(bad)
  expect(() => opened.setOverlay('edits', bad)).toThrow('cannot be drawn here')
  expect(opened.overlay('edits')).toBe(good)
  expect(drawn()).toBe(good)
  expect(changes()).toBe(before)
})

test('edits wait while a strip is seen in place of the file, and are drawn when it is entered again', () => {
  const { opened, drawn, leave, enter } = openedWith()
  const edited = networkOf('usa')
  opened.setOverlay('edits', edited)
  leave()
  opened.seenAnew()
  enter()
  opened.seenAnew()
  expect(drawn()).toBe(edited)
})

test('another file has nothing over it, nor is its frame anybody’s choice', () => {
  const { opened } = openedWith()
  opened.setOverlay('edits', networkOf('usa'))
  opened.setFrame({ ...DEFAULT_FRAME, output: 'logit' })
  opened.refuseFrame('a range is two numbers')
  expect([opened.isFrameChosen, opened.frameProblem]).toEqual([true, 'a range is two numbers'])
  opened.take(fileOf('nepal'), false)
  expect(opened.overlay('edits')).toBeNull()
  expect([opened.isFrameChosen, opened.frameProblem]).toEqual([false, null])
  opened.close()
  expect([opened.file, opened.isTraining]).toEqual([null, false])
})

test('another range shows the whole frame, another output leaves the view', () => {
  const { opened, views } = openedWith()
  opened.setFrame({ ...DEFAULT_FRAME, channels: 'bgr' })
  opened.setFrame({ ...DEFAULT_FRAME, x: [0, 1] })
  expect(views).toEqual([
    { x: 0.5, y: 0, zoom: 3 },
    { x: 0.5, y: 0, zoom: 1 },
  ])
})

test('a training writes to its file, as long as that is open', () => {
  const { opened, drawn } = openedWith()
  const first = opened.file
  opened.replaceWeights(StateDict.parse(oracleFile('usa')))
  expect(opened.file, 'nothing is trained yet').toBe(first)
  opened.beginTraining()
  opened.replaceWeights(StateDict.parse(oracleFile('usa')))
  expect(opened.isTraining).toBe(true)
  expect(opened.file).not.toBe(first)
  expect(drawn()).toBe(opened.file?.network)
  expect(opened.file?.stateDict.serialize()).toEqual(new Uint8Array(oracleFile('usa')))
  opened.take(fileOf('nepal'), false)
  const other = opened.file
  expect([opened.isTraining, opened.hasTrained]).toEqual([false, true])
  opened.replaceWeights(StateDict.parse(oracleFile('japan')))
  expect(opened.file).toBe(other)
})

test('of several files on their way the last one counts', () => {
  const { opened } = openedWith()
  const first = opened.beginLoading()
  const second = opened.beginLoading()
  expect([first.aborted, second.aborted, opened.isLoading]).toEqual([true, false, true])
  opened.endLoading(first)
  expect(opened.isLoading).toBe(true)
  opened.endLoading(second)
  expect(opened.isLoading).toBe(false)
})
