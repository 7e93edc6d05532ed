// The package as somebody gets it: packed, installed in an empty folder, and used from there. What it depends on comes from
// the registry that npm is configured with, or from npm's cache; without either all of it is skipped.

import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Browser } from 'puppeteer'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { build } from 'vite'
import { serveSite } from '../../src/cli/site/site.js'
import { collectErrors, connect, isFull } from '../browser/pages.js'
import { decodeLevels, oracleBytes, oracleExpected, oraclePath, oraclePicture } from '../model/network-files.js'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')

/** This process's environment, without what `npm test` says of this project: npm would take it for the project meant. */
const env = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(?:npm_(?:package|lifecycle)_.*|npm_config_local_prefix|INIT_CWD|NODE_ENV)$/i.test(name),
  ),
)

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

function run(command: string, args: readonly string[], cwd: string): Promise<Outcome> {
  return new Promise(resolve => {
    // npm and npx are batch files on Windows.
    const shell = process.platform === 'win32' && command !== process.execPath
    execFile(command, args, { cwd, env, shell, maxBuffer: 1 << 26 }, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : error ? -1 : 0
      resolve({ code, stdout, stderr })
    })
  })
}

async function ran(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await run(command, args, cwd)
  expect(code, `${command} ${args.join(' ')}: ${stdout}${stderr}`).toBe(0)
  return stdout
}

describe.runIf(isFull)('the package, installed in an empty folder', () => {
  let folder: string
  let missing: string | null = null
  const inFolder = (command: string, ...args: string[]) => ran(command, args, folder)
  const vexel = (...args: string[]) => inFolder('npx', 'vexel', ...args)

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vexel-package-'))
    // lib and dist are built by the global setup; `npm pack` would build them anew beneath the other tests.
    await ran(process.execPath, [TSC, '-p', 'tsconfig.lib.json'], ROOT)
    const packed = await ran('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], ROOT)
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }]
    writeFileSync(join(folder, 'package.json'), '{ "private": true, "type": "module" }')
    const install = ['install', `./${filename}`, '--ignore-scripts=false', '--no-audit', '--no-fund']
    // Asked once and at once: npm would ask a silent registry for each dependency for minutes.
    const asked = await run('npm', ['view', 'twgl.js', 'version', '--fetch-retries=0', '--fetch-timeout=30000'], folder)
    if (asked.code === 0) await ran('npm', [...install, '--prefer-offline'], folder)
    else if ((await run('npm', [...install, '--offline'], folder)).code !== 0) {
      missing = 'no registry answers, and npm has not got in its cache what vexel depends on'
      process.stdout.write(`the package's test is skipped: ${missing}\n`)
    }
    writeFileSync(join(folder, 'malaysia.safetensors'), oracleBytes('malaysia'))
  })

  beforeEach(context => context.skip(missing !== null, missing ?? ''))

  afterAll(() => rmSync(folder, { recursive: true }))

  test('brings what it needs, no browser, and nothing that runs when it is installed', () => {
    const lock = JSON.parse(readFileSync(join(folder, 'node_modules/.package-lock.json'), 'utf8')) as {
      packages: Record<string, { hasInstallScript?: boolean }>
    }
    const packages = Object.entries(lock.packages)
    expect(packages.filter(([, { hasInstallScript }]) => hasInstallScript).map(([name]) => name)).toEqual([])
    expect(packages.map(([name]) => name)).not.toContain('node_modules/puppeteer')
    for (const part of ['src', 'tests', 'bench', 'node_modules/puppeteer'])
      expect(existsSync(join(folder, 'node_modules/vexel', part)), part).toBe(false)
  })

  test('says what is in a file', async () => {
    expect(JSON.parse(await vexel('info', 'malaysia.safetensors', '--json'))).toMatchObject({ parameterCount: 6675 })
  })

  test("draws PyTorch's picture, level for level", async () => {
    const { width, height, levels } = oraclePicture('malaysia')
    const size = ['--width', `${width}`, '--height', `${height}`, '--samples', '1']
    await vexel('render', 'malaysia.safetensors', '-o', 'malaysia.png', ...size)
    const drawn = decodeLevels(readFileSync(join(folder, 'malaysia.png')))
    expect(drawn).toMatchObject({ width, height })
    expect(Buffer.compare(drawn.levels, levels)).toBe(0)
  })

  test('knows the flag, from the catalogue that comes with it', async () => {
    const { flag } = JSON.parse(await vexel('solve', 'malaysia.safetensors', '--json'))
    expect(flag.code).toBe('my')
  })

  test('proves the shader in a browser of the machine', async () => {
    const { maxAbs } = JSON.parse(await vexel('parity', 'malaysia.safetensors', '--width', '96', '--json'))
    expect(maxAbs).toBeGreaterThan(0)
    expect(maxAbs).toBeLessThan(2e-4)
  })

  test('has its workers and its font with it', async () => {
    cpSync(oraclePath('malaysia.source.png'), join(folder, 'source.png'))
    await vexel('train', 'source.png', '-o', 'trained.safetensors', '--width', '32', '--steps', '4', '--threads', '2')
    await vexel('collage', 'trained.safetensors', '-o', 'labelled.png', '--labels', '--width', '96')
    expect(decodeLevels(readFileSync(join(folder, 'labelled.png'))).width).toBe(96)
  })

  test('is imported by Node, the GPU part too', async () => {
    const { points, rgb_float64 } = oracleExpected('malaysia')
    writeFileSync(
      join(folder, 'evaluate.js'),
      `import { readFileSync } from 'node:fs'
      import { createNetwork, evaluateFolded, foldNetwork, StateDict } from 'vexel'
      import { TileMaker } from 'vexel/gpu'
      const folded = foldNetwork(createNetwork(StateDict.parse(readFileSync('malaysia.safetensors'))))
      const rgb = evaluateFolded(new Float64Array(3), folded, ${JSON.stringify(points[0])})
      console.log(JSON.stringify({ rgb: [...rgb], gpu: typeof TileMaker }))`,
    )
    const { rgb, gpu } = JSON.parse(await inFolder(process.execPath, 'evaluate.js'))
    expect(gpu).toBe('function')
    rgb.forEach((value: number, i: number) => expect(value).toBeCloseTo(rgb_float64[0][i], 9))
  })

  describe('and used by sources', () => {
    const COMPILERS = {
      'nodenext with DOM': { module: 'nodenext', lib: ['es2022', 'dom'] },
      "a bundler's resolution with DOM": { module: 'esnext', moduleResolution: 'bundler', lib: ['es2022', 'dom'] },
      'nodenext without DOM': { module: 'nodenext', lib: ['es2022'] },
      "a bundler's resolution without DOM": { module: 'esnext', moduleResolution: 'bundler', lib: ['es2022'] },
    }

    beforeAll(() => {
      cpSync(new URL('consumer', import.meta.url), join(folder, 'page'), { recursive: true })
    })

    test.each(Object.entries(COMPILERS))('compiles under %s, its own declarations looked at', async (name, options) => {
      // Nothing of the machine's is taken for granted: no global types.
      const compilerOptions = {
        noEmit: true,
        strict: true,
        target: 'es2022',
        types: [],
        skipLibCheck: false,
        ...options,
      }
      const files = options.lib.includes('dom') ? ['main.ts', 'without-page.ts'] : ['without-page.ts']
      writeFileSync(join(folder, 'page/tsconfig.json'), JSON.stringify({ compilerOptions, files }))
      expect(await run(process.execPath, [TSC, '-p', 'page'], folder), name).toMatchObject({ code: 0, stdout: '' })
    })

    describe('in a page that vite builds', () => {
      let browser: Browser
      beforeAll(async () => {
        browser = await connect()
      })
      afterAll(() => browser.disconnect())

      test('evaluates a net as PyTorch does, on the CPU and on the GPU', async () => {
        const outDir = join(folder, 'built')
        await build({ root: join(folder, 'page'), configFile: false, logLevel: 'warn', build: { outDir } })
        const site = await serveSite(outDir)
        const page = await browser.newPage()
        const errors = collectErrors(page)
        try {
          await page.goto(site.url)
          await page.waitForFunction(() => 'outputsAt' in window)
          const { points, rgb_float64 } = oracleExpected('malaysia')
          const outputs = await page.evaluate(
            (file, x, y) => (window as unknown as Consumer).outputsAt(file, x, y),
            [...oracleBytes('malaysia')],
            ...points[0],
          )
          for (let i = 0; i < 3; i++) {
            expect(outputs.reference[i]).toBeCloseTo(rgb_float64[0][i], 9)
            expect(Math.abs(outputs.shader[i] - rgb_float64[0][i])).toBeLessThan(2e-4)
          }
          expect(errors).toEqual([])
        } finally {
          await page.close()
          await site.close()
        }
      })
    })
  })
})

/** What consumer/main.ts puts on its page. */
interface Consumer {
  outputsAt(file: readonly number[], x: number, y: number): Promise<{ reference: number[]; shader: number[] }>
}
