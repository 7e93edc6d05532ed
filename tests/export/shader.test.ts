// The shaders that are given away, compiled in stand-ins of their hosts, against the float64 reference.

import type { Browser, Page } from 'puppeteer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { roundConstants } from '../../src/export/digits.js'
import { SHADER_HOSTS, type ShaderHost } from '../../src/export/shader/hosts.js'
import { wholeFrame } from '../../src/model/view.js'
import { connect, isFull } from '../browser/pages.js'
import { givenNet, largestDifference, type GivenNet, NET_NAMES, referenceLevels, sizeOf } from './five-nets.js'
import { FAMILY_SIZE, fittedFrame, GIVEN_FAMILIES, givenFamily, turnedFrame } from './given-families.js'
import { draw, inGlslCanvas, inP5, inShadertoy, inThree, inTouchDesigner } from './stand-ins.js'

let browser: Browser
let page: Page

beforeAll(async () => {
  browser = await connect()
  page = await browser.newPage()
})

afterAll(async () => {
  await page?.close()
  await browser?.disconnect()
})

const NETS = isFull ? NET_NAMES : (['otherwise built'] as const)

function textFor(host: ShaderHost, { subject }: GivenNet, digits: number | null = null): string {
  return SHADER_HOSTS[host](subject, roundConstants(subject.folded, subject.frame, digits).folded, 'a note')
}

/** The module's material, made with a stand-in of three's classes, after a zoom. */
async function materialOf(text: string, zoom = 1) {
  const standIn = `
    class ShaderMaterial { constructor(given) { Object.assign(this, given) } }
    class Vector2 { constructor(x, y) { this.set(x, y) } set(x, y) { this.x = x; this.y = y } }`
  const { createFlagMaterial, zoomAt, aspect } = await import(
    /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(text.replace(/^import .* from 'three'$/m, standIn))}`
  )
  const material = createFlagMaterial()
  zoomAt(material, { x: 0.5, y: 0.5 }, zoom)
  const { uCentre, uZoom } = material.uniforms
  return {
    aspect: aspect as number,
    material: material as { vertexShader: string; fragmentShader: string },
    uniforms: { uCentre: [uCentre.value.x, uCentre.value.y] as number[], uZoom: [uZoom.value as number] },
  }
}

describe.each(NETS)('a net that is %s', name => {
  const net = givenNet(name)
  const size = sizeOf(net)
  const expected = referenceLevels(net, size)

  test('is the reference within a level on Shadertoy', async () => {
    const levels = await draw(page, inShadertoy(textFor('shadertoy', net), size))
    expect(largestDifference(levels, expected)).toBeLessThanOrEqual(1)
  })

  test('is the reference within a level in GLSL ES 1.00, with the uniforms of The Book of Shaders', async () => {
    const levels = await draw(page, inGlslCanvas(textFor('glsl', net), size))
    expect(largestDifference(levels, expected)).toBeLessThanOrEqual(1)
  })

  test('is the reference within a level as a sketch for p5.js, and in a GLSL TOP of TouchDesigner', async () => {
    for (const drawing of [inP5(textFor('p5', net), size), inTouchDesigner(textFor('touchdesigner', net), size)])
      expect(largestDifference(await draw(page, drawing), expected)).toBeLessThanOrEqual(1)
  })

  test("is the reference within a level as three's ShaderMaterial", async () => {
    const { material, uniforms, aspect } = await materialOf(textFor('three', net))
    expect(aspect).toBeCloseTo(net.subject.frame.aspect ?? 1.5, 6)
    const levels = await draw(page, inThree(material, size, uniforms))
    expect(largestDifference(levels, expected)).toBeLessThanOrEqual(1)
  })
})

describe.each(GIVEN_FAMILIES)('a net of the family %s', name => {
  test.each([fittedFrame, turnedFrame])(
    'is the reference within a level in GLSL ES 1.00 and 3.00, and in hosts that are built on them (%o)',
    async frameOf => {
      const net = givenFamily(name, frameOf(name))
      const expected = referenceLevels(net, FAMILY_SIZE)
      for (const drawing of [
        inGlslCanvas(textFor('glsl', net), FAMILY_SIZE),
        inShadertoy(textFor('shadertoy', net), FAMILY_SIZE),
        inP5(textFor('p5', net), FAMILY_SIZE),
        inTouchDesigner(textFor('touchdesigner', net), FAMILY_SIZE),
      ])
        expect(largestDifference(await draw(page, drawing), expected)).toBeLessThanOrEqual(1)
    },
  )
})

describe('what is seen', () => {
  const net = givenNet('easy')
  const size = sizeOf(net)
  const near = referenceLevels(net, size, { ...wholeFrame(net.subject.frame), zoom: 4 })

  test('is magnified on Shadertoy by a drag upwards, about the point that was pressed, and stays when the button is released', async () => {
    const text = textFor('shadertoy', net)
    // A quarter of the height upwards: 2 to the 8th of its logarithm.
    for (const sign of [1, -1]) {
      const levels = await draw(page, inShadertoy(text, size, { iMouse: [30, 24, sign * 24, sign * 16] }))
      expect(largestDifference(levels, near)).toBeLessThanOrEqual(1)
    }
    const aside = await draw(page, inShadertoy(text, size, { iMouse: [12, 28, 12, 20] }))
    const { x, y } = wholeFrame(net.subject.frame)
    // The point pressed is 12 pixels left of the middle and 4 above it; three quarters of that is where the middle goes.
    const view = { x: x - (2 * 9) / 48, y: y - (2 * 3) / 32, zoom: 4 }
    expect(largestDifference(aside, referenceLevels(net, size, view))).toBeLessThanOrEqual(1)
  })

  test.runIf(isFull)('is magnified by the uniforms of the other hosts', async () => {
    const plain = await draw(page, inGlslCanvas(textFor('glsl', net), size, { u_center: [0.5, 0.5], u_zoom: [4] }))
    expect(largestDifference(plain, near)).toBeLessThanOrEqual(1)
    const top = inTouchDesigner(textFor('touchdesigner', net), size, { uCenter: [0.5, 0.5], uZoom: [4] })
    const sketch = inP5(textFor('p5', net), size, [-Math.log(2) / 0.003, -Math.log(2) / 0.003])
    for (const drawing of [top, sketch])
      expect(largestDifference(await draw(page, drawing), near)).toBeLessThanOrEqual(1)
    const { material, uniforms } = await materialOf(textFor('three', net), 4)
    expect(largestDifference(await draw(page, inThree(material, size, uniforms)), near)).toBeLessThanOrEqual(1)
  })

  test.runIf(isFull)(
    'is magnified under the mouse, and nowhere else, with the uniforms of The Book of Shaders',
    async () => {
      const levels = await draw(page, inGlslCanvas(textFor('glsl', net), size, { u_mouse: [24, 16] }))
      const whole = referenceLevels(net, size)
      const pixel = (picture: readonly number[], column: number, row: number) =>
        picture.slice(3 * (row * 48 + column), 3 * (row * 48 + column) + 3)
      for (let column = 20; column < 28; column++)
        expect(largestDifference(pixel(levels, column, 16), pixel(near, column, 16))).toBeLessThanOrEqual(1)
      for (const column of [0, 10, 40])
        expect(largestDifference(pixel(levels, column, 16), pixel(whole, column, 16))).toBeLessThanOrEqual(1)
    },
  )

  test('fits into a canvas of other proportions, and around it is what the net paints there', async () => {
    const wide = { width: 96, height: 32 }
    const levels = await draw(page, inShadertoy(textFor('shadertoy', net), wide))
    const { frame } = net.subject
    const wider: GivenNet = { ...net, subject: { ...net.subject, frame: { ...frame, x: [-2, 2], aspect: 3 } } }
    expect(largestDifference(levels, referenceLevels(wider, wide))).toBeLessThanOrEqual(1)
  })
})

describe('the digits of the constants', () => {
  test('are more than the picture needs nowhere: with one less it moves further', () => {
    const { folded, frame } = givenNet('easy').subject
    const { digits, levels } = roundConstants(folded, frame, null)
    expect(levels).toBeLessThanOrEqual(0.5)
    expect(roundConstants(folded, frame, digits - 1).levels).toBeGreaterThan(0.5)
  })

  test('stand in the text as they were asked for', () => {
    const constants = textFor('glsl', givenNet('easy'), 3).matchAll(/mat4\(([^)]*)\)/g)
    const longest = [...constants].flatMap(([, list]) => list.split(', ').map(text => text.replace(/^-|e.*$/g, '')))
    // Three digits, their point, and zeros behind it.
    for (const text of longest) expect(text.replace('.', '').replace(/^0+/, '').length, text).toBeLessThanOrEqual(3)
  })
})

test("a layer's name stays within its comment, whatever stands in it", () => {
  const net = givenNet('easy')
  const [first, ...rest] = net.subject.folded.layers
  const folded = { layers: [{ ...first, name: 'a\n#error `{b}' }, ...rest] }
  for (const host of Object.values(SHADER_HOSTS)) {
    const text = host(net.subject, folded, 'a note')
    expect(text).toContain('\n  // a__error___b_: 2 to ')
  }
})
