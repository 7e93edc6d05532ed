// A vite plugin: builds the script of a page that is one file (src/element/page) and lays it beside the site, with and without what plays a film. The
// command line reads it there, the page fetches it when a flag is given away as a page.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build, type Plugin, transformWithEsbuild } from 'vite'
import { bareShaders } from './vite-bare-shaders.js'
import { pageScriptName } from './src/export/page/page-ids.js'
import { assemblyscript } from './vite-assemblyscript.js'

/** The two files, and whether films play in them. */
const SCRIPTS: Readonly<Record<string, boolean>> = { [pageScriptName(false)]: false, [pageScriptName(true)]: true }

const source = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** Packages that it has its own in place of. */
const OWN_PACKAGES = {
  'twgl.js': source('src/element/page/own-uniforms.ts'),
  '@use-gesture/vanilla': source('src/element/page/own-gestures.ts'),
}

/**
 * What is given away is built as MysteryNet is, whatever its widths: these kinds of layers are in the page, no others, and nothing that tells
 * strangers' files apart.
 */
const KINDS = new Set(['kinds', 'layer', 'affine', 'linear', 'blocks', 'activation', 'gelu', 'batch-norm'])
const LAYERS = source('src/model/layers/')
const STRANGERS = [source('src/model/strangers/'), source('src/model/wiring.ts')]

/** What the page has in place of other modules: it is one file, trusts what it carries, and trains nothing. */
const INSTEAD: Readonly<Record<string, string>> = {
  'src/draw/start-tile-worker.ts': 'src/element/page/start-own-worker.ts',
  'src/model/safetensors/parse.ts': 'src/element/page/parse-own-file.ts',
  'src/model/state-dict.ts': 'src/element/page/own-state-dict.ts',
  'src/model/erf.ts': 'src/element/page/no-reference.ts',
  'src/gpu/parity.ts': 'src/element/page/no-reference.ts',
  'src/draw/kernel-subject.ts': 'src/element/page/no-reference.ts',
  'src/kernel/assembly/index.ts': 'src/kernel/assembly/drawing.ts',
}

export function flagPage(): Plugin {
  return {
    name: 'flag-page',
    async generateBundle() {
      const module = await buildModule()
      for (const [fileName, hasFilm] of Object.entries(SCRIPTS))
        this.emitFile({ type: 'asset', fileName, source: await minified(module, hasFilm) })
    },
    configureServer({ middlewares }) {
      middlewares.use((request, response, next) => {
        const name = request.url?.split('?')[0].slice(1) ?? ''
        if (!Object.hasOwn(SCRIPTS, name)) next()
        else
          buildModule()
            .then(async module => response.end(await minified(module, SCRIPTS[name])))
            .catch(next)
      })
    },
  }
}

/** All of it in one text, whose workers are started from that same text. */
async function buildModule(): Promise<string> {
  const result = await build({
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    plugins: [instead(), withoutOthers(), bareShaders(), assemblyscript()],
    define: { 'process.env.NODE_ENV': JSON.stringify('production') },
    resolve: { alias: OWN_PACKAGES },
    build: {
      write: false,
      minify: false,
      // As a library: a page would get what loads parts that it has not got.
      lib: { entry: source('src/element/page/main.ts'), formats: ['es'] },
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

function instead(): Plugin {
  const places = new Map(Object.entries(INSTEAD).map(([from, to]) => [source(from), source(to)]))
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
