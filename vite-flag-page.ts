// A vite plugin: builds the scripts of pages that are one file (src/element/page) and lays them beside the site: a flag's, with and without what plays a
// film, and a lab's. The command line reads them there, the page fetches one when a flag is given away as a page.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build, type Plugin, transformWithEsbuild } from 'vite'
import { bareShaders } from './vite-bare-shaders.js'
import { LAB_SCRIPT_NAME, pageScriptName } from './src/export/page/page-ids.js'
import { assemblyscript } from './vite-assemblyscript.js'

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Packages that it has its own in place of. */
const OWN_PACKAGES = {
  'twgl.js': source('src/element/page/own-uniforms.ts'),
  '@use-gesture/vanilla': source('src/element/page/own-gestures.ts'),
}

/**
 * What is given away is mostly built as MysteryNet is, whatever its widths: these kinds of layers are in such a page, no others, and nothing that
 * tells strangers' files apart.
 */
const KINDS = new Set(['kinds', 'layer', 'affine', 'linear', 'blocks', 'activation', 'gelu', 'batch-norm'])
const LAYERS = source('src/model/layers/')
const STRANGERS = [source('src/model/strangers/'), source('src/model/wiring.ts')]

/** What stands in place of the page's checkerboard, wherever it is not wanted. */
export const OVER_WHITE: Readonly<Record<string, string>> = {
  'src/model/checks.ts': 'src/element/page/no-checks.ts',
  'src/draw/over-checks.ts': 'src/element/page/no-over-checks.ts',
  'src/gpu/over-ground.ts': 'src/element/page/over-white.ts',
}

/** What the page has in place of other modules: it is one file, trusts what it carries, and trains nothing. */
const INSTEAD: Readonly<Record<string, string>> = {
  'src/draw/start-tile-worker.ts': 'src/element/page/start-own-worker.ts',
  'src/model/safetensors/parse.ts': 'src/element/page/parse-own-file.ts',
  'src/model/state-dict.ts': 'src/element/page/own-state-dict.ts',
  'src/model/erf.ts': 'src/element/page/no-reference.ts',
  'src/gpu/coherent-maker.ts': 'src/element/page/no-coherence.ts',
  'src/gpu/parity.ts': 'src/element/page/no-reference.ts',
  'src/draw/kernel-subject.ts': 'src/element/page/no-reference.ts',
  'src/kernel/relaxed.ts': 'src/element/page/strict-kernel.ts',
  ...OVER_WHITE,
  'src/kernel/assembly/index.ts': 'src/kernel/assembly/drawing.ts',
}

/** A lab has networks of all kinds, but trains none in its page. */
const INSTEAD_IN_LAB = Object.fromEntries(
  ['src/draw/start-tile-worker.ts', 'src/kernel/relaxed.ts', 'src/kernel/assembly/index.ts'].map(path => [
    path,
    INSTEAD[path],
  ]),
)

/** A page of one kind: what is built first, the same for all of its scripts. */
interface Kind {
  readonly build: () => Promise<string>
  /** Its scripts by name, and whether films play in them. */
  readonly scripts: Readonly<Record<string, boolean>>
}

const KINDS_OF_PAGES: readonly Kind[] = [
  {
    build: () => buildModule('src/element/page/main.ts', [instead(INSTEAD), withoutOthers()], OWN_PACKAGES),
    scripts: {
      [pageScriptName({ hasFilm: false, isAny: false })]: false,
      [pageScriptName({ hasFilm: true, isAny: false })]: true,
    },
  },
  {
    build: () => buildModule('src/element/page/main.ts', [instead(INSTEAD)], OWN_PACKAGES),
    scripts: {
      [pageScriptName({ hasFilm: false, isAny: true })]: false,
      [pageScriptName({ hasFilm: true, isAny: true })]: true,
    },
  },
  {
    build: () => buildModule('src/element/page/lab-main.ts', [instead(INSTEAD_IN_LAB)], {}),
    scripts: { [LAB_SCRIPT_NAME]: true },
  },
]

export function flagPage(): Plugin {
  return {
    name: 'flag-page',
    async generateBundle() {
      for (const { build, scripts } of KINDS_OF_PAGES) {
        const module = await build()
        for (const [fileName, hasFilm] of Object.entries(scripts))
          this.emitFile({ type: 'asset', fileName, source: await minified(module, hasFilm) })
      }
    },
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const name = request.url?.split('?')[0].slice(1) ?? ''
        const kind = KINDS_OF_PAGES.find(({ scripts }) => Object.hasOwn(scripts, name))
        if (!kind) next()
        else
          kind
            .build()
            .then(async module => response.end(await minified(module, kind.scripts[name])))
            .catch(next)
      })
    },
  }
}

/** All of it in one text, whose workers are started from that same text. */
async function buildModule(entry: string, plugins: Plugin[], alias: Record<string, string>): Promise<string> {
  const result = await build({
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    plugins: [...plugins, bareShaders(), assemblyscript()],
    define: { 'process.env.NODE_ENV': JSON.stringify('production') },
    resolve: { alias },
    build: {
      write: false,
      minify: false,
      // As a library: a page would get what loads parts that it has not got.
      lib: { entry: source(entry), formats: ['es'] },
      rollupOptions: { output: { inlineDynamicImports: true } },
    },
  })
  const [{ output }] = [result].flat() as { output: { type: string; code?: string }[] }[]
  if (output.length !== 1) throw new Error(`the page that is one file became ${output.length} files`)
  return output[0].code ?? ''
}

async function minified(module: string, hasFilm: boolean): Promise<string> {
  const { code } = await transformWithEsbuild(module, 'flag-page.js', {
    define: { HAS_FILM: String(hasFilm) },
    format: 'iife',
    legalComments: 'none',
    minify: true,
    sourcemap: false,
    target: 'es2022',
    treeShaking: true,
  })
  return code
}

/** Puts modules in place of others. */
export function instead(modules: Readonly<Record<string, string>>): Plugin {
  const places = new Map(Object.entries(modules).map(([from, to]) => [source(from), source(to)]))
  return {
    name: 'instead',
    enforce: 'pre',
    async resolveId(id, importer) {
      const [path, query] = id.split('?')
      const name = path.replace(/^.*\/|\.[jt]s$/g, '')
      if (![...places.keys()].some(place => place.endsWith(`/${name}.ts`))) return null
      const found = await this.resolve(path, importer, { skipSelf: true })
      const place = found && places.get(found.id)
      return place ? (query ? `${place}?${query}` : place) : null
    },
  }
}

/** Leaves out what no network in the page is made of: what is exported there gives null. */
function withoutOthers(): Plugin {
  const isLeftOut = (path: string) =>
    STRANGERS.some(start => path.startsWith(start)) ||
    (path.startsWith(LAYERS) && !KINDS.has(path.slice(LAYERS.length).replace(/\.ts$/, '')))
  return {
    name: 'without-others',
    enforce: 'pre',
    load(id) {
      if (!isLeftOut(id)) return null
      const names = readFileSync(id, 'utf8').matchAll(/^export (?:async )?(?:const|function|class) (\w+)/gm)
      return Array.from(names, ([, name]) => `export const ${name} = () => null\n`).join('')
    },
  }
}
