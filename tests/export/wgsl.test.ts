// The shader for WebGPU, drawn by a browser whose WebGPU is software, against the float64 reference.

import type { Browser, Page } from 'puppeteer-core'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { launchBrowser } from '../../src/cli/browser/launch.js'
import { makeText } from '../../src/export/make-text.js'
import { wholeFrame } from '../../src/model/view.js'
import { isFull } from '../is-full.js'
import { givenNet, largestDifference, NET_NAMES, referenceLevels, sizeOf } from './five-nets.js'
import { FAMILY_SIZE, fittedFrame, GIVEN_FAMILIES, givenFamily } from './given-families.js'

const SOFTWARE = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader']

/** A function for the page: text, for the types of WebGPU are not those of TypeScript's DOM library. */
const DRAW = `async (code, { width, height }, view) => {
  const device = await (await navigator.gpu.requestAdapter()).requestDevice()
  const module = device.createShaderModule({ code })
  const { messages } = await module.getCompilationInfo()
  if (messages.length > 0) throw new Error(messages.map(({ message }) => message).join('; '))
  const pipeline = device.createRenderPipeline({
    layout: 'auto',
    vertex: { module },
    fragment: { module, targets: [{ format: 'rgba8unorm' }] },
  })
  const uniforms = device.createBuffer({ size: 32, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST })
  device.queue.writeBuffer(uniforms, 0, new Float32Array([width, height, ...view, 0, 0, 0]))
  const usage = GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC
  const texture = device.createTexture({ size: [width, height], format: 'rgba8unorm', usage })
  const bytesPerRow = 256 * Math.ceil(width / 64)
  const read = device.createBuffer({ size: bytesPerRow * height, usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST })
  const encoder = device.createCommandEncoder()
  const pass = encoder.beginRenderPass({
    colorAttachments: [{ view: texture.createView(), loadOp: 'clear', storeOp: 'store' }],
  })
  pass.setPipeline(pipeline)
  const entries = [{ binding: 0, resource: { buffer: uniforms } }]
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }))
  pass.draw(3)
  pass.end()
  encoder.copyTextureToBuffer({ texture }, { buffer: read, bytesPerRow }, [width, height])
  device.queue.submit([encoder.finish()])
  await read.mapAsync(GPUMapMode.READ)
  const bytes = new Uint8Array(read.getMappedRange())
  const levels = []
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++)
      for (let channel = 0; channel < 3; channel++) levels.push(bytes[row * bytesPerRow + 4 * column + channel])
  return levels
}`

/**
 * Draws with the module, its one uniform buffer as its own text says.
 * @returns [height * width, 3] levels
 * @throws what the compiler says, a warning, too
 */
async function draw(page: Page, text: string, size: object, view: readonly number[]): Promise<number[]> {
  return (await page.evaluate(
    `(${DRAW})(${JSON.stringify(text)}, ${JSON.stringify(size)}, ${JSON.stringify(view)})`,
  )) as number[]
}

describe.runIf(isFull)('the module for WebGPU', () => {
  let browser: Browser
  let page: Page
  let isThere = false

  beforeAll(async () => {
    browser = await launchBrowser({ args: SOFTWARE })
    page = await browser.newPage()
    await page.goto(new URL('encoder.html', inject('siteUrl')).href)
    isThere = await page.evaluate(
      async () => !!(await (navigator as unknown as { gpu?: { requestAdapter(): unknown } }).gpu?.requestAdapter()),
    )
    if (!isThere) console.log('wgsl.test.ts: skipped, this browser has no WebGPU')
  })

  afterAll(() => browser?.close())

  test.each(NET_NAMES)(
    'compiles without a word and is the reference within a level for a net that is %s',
    async name => {
      if (!isThere) return
      const net = givenNet(name)
      const size = sizeOf(net)
      const { text } = makeText(net.subject, 'wgsl', null)
      const levels = await draw(page, text, size, [0.5, 0.5, 1])
      expect(levels).toBeInstanceOf(Array)
      expect(largestDifference(levels, referenceLevels(net, size))).toBeLessThanOrEqual(1)
    },
  )

  test.each(GIVEN_FAMILIES)('is the reference within a level for the family %s', async name => {
    if (!isThere) return
    const net = givenFamily(name, fittedFrame(name))
    const levels = await draw(page, makeText(net.subject, 'wgsl', null).text, FAMILY_SIZE, [0.5, 0.5, 1])
    expect(largestDifference(levels, referenceLevels(net, FAMILY_SIZE))).toBeLessThanOrEqual(1)
  })

  test('is magnified by its uniforms', async () => {
    if (!isThere) return
    const net = givenNet('easy')
    const size = sizeOf(net)
    const levels = await draw(page, makeText(net.subject, 'wgsl', null).text, size, [0.25, 0.75, 4])
    const view = { ...wholeFrame(net.subject.frame), x: -0.5, y: 0.5, zoom: 4 }
    expect(largestDifference(levels, referenceLevels(net, size, view))).toBeLessThanOrEqual(1)
  })
})
