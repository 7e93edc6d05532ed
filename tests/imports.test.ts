// The order of the house (design.md): a folder of src imports only from folders above it, and the lowest floors know no
// packages, no page and no Node.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

const SRC = fileURLToPath(new URL('../src', import.meta.url))

/** The table of design.md, ground floor first. */
const FLOORS = [
  'model',
  'kernel',
  'world',
  'gpu',
  'draw',
  'train',
  'film',
  'open',
  'edit',
  'explain',
  'solve',
  'export',
  'element',
  'app',
  'cli',
]
/** What may be used without a screen, a file or a package; gl-matrix is given. */
const PURE = new Set(['model', 'kernel', 'world'])
const PURE_PACKAGES = new Set(['gl-matrix'])

/** The floors inside src/app, by folders and files, the lowest first. */
const APP_FLOORS = [
  [
    'address',
    'answering-worker',
    'browser-store',
    'fields',
    'figures',
    'keys',
    'lazy',
    'mark',
    'messages',
    'newest-asker',
    'painted-canvas',
    'sample-pictures',
    'signal',
  ],
  ['open'],
  ['places'],
  ['full-screen', 'page', 'previews', 'probe', 'proof', 'saving', 'seen-frame', 'terms', 'theme'],
  [
    'architecture',
    'compare',
    'film',
    'help',
    'neurons',
    'scrub',
    'share',
    'solve',
    'start',
    'tour',
    'training',
    'wall',
    'yours',
  ],
  ['page-state'],
  [
    'drop-zone',
    'explorer',
    'guide',
    'incoming-files',
    'live-region',
    'main',
    'panel',
    'named-file',
    'registered-parts',
    'scripting',
    'stage',
  ],
]
/** Which of them is that of the features. */
const FEATURES = 4

interface Import {
  /** From src, with slashes. */
  readonly file: string
  readonly folder: string
  readonly specifier: string
}

function filesOf(folder: string): string[] {
  return readdirSync(join(SRC, folder), { recursive: true, encoding: 'utf8' })
    .filter(file => /\.tsx?$/.test(file))
    .map(file => join(SRC, folder, file))
}

function importsOf(path: string): Import[] {
  const file = relative(SRC, path).split(sep).join('/')
  const { importedFiles } = ts.preProcessFile(readFileSync(path, 'utf8'), true, true)
  return importedFiles.map(({ fileName }) => ({ file, folder: file.split('/')[0], specifier: fileName }))
}

/** The folder of src a relative import leads to; '' for src itself, null for outside. */
function targetFolder({ file, specifier }: Import): string | null {
  const target = relative(SRC, join(SRC, dirname(file), specifier)).split(sep)
  if (target[0] === '..') return null
  return target.length > 1 ? target[0] : ''
}

const built = FLOORS.filter(folder => existsSync(join(SRC, folder)))
const imports = built.flatMap(folder => filesOf(folder)).flatMap(importsOf)
const isRelative = ({ specifier }: Import) => specifier.startsWith('.')
const line = ({ file, specifier }: Import) => `${file} imports ${specifier}`

test('the folders of src are those of the table', () => {
  const folders = readdirSync(SRC, { withFileTypes: true }).flatMap(entry => (entry.isDirectory() ? [entry.name] : []))
  expect(folders.filter(folder => !FLOORS.includes(folder))).toEqual([])
  // Were the imports not found at all, every test below would pass.
  expect(imports.length).toBeGreaterThan(100)
})

test('a folder imports only from folders above it in the table', () => {
  const isUpwards = (i: Import) => {
    const target = targetFolder(i)
    return target === null || (target !== '' && FLOORS.indexOf(target) <= FLOORS.indexOf(i.folder))
  }
  expect(imports.filter(i => isRelative(i) && !isUpwards(i)).map(line)).toEqual([])
})

test('a relative import ends in its extension and leads to a file', () => {
  const leadsNowhere = ({ file, specifier }: Import) => {
    const path = join(SRC, dirname(file), specifier.replace(/\?.*$/, ''))
    // AssemblyScript's imports have no extension.
    const candidates = [path, path.replace(/\.js$/, '.ts'), ...(/\/assembly\//.test(file) ? [`${path}.ts`] : [])]
    return !candidates.some(candidate => existsSync(candidate))
  }
  expect(imports.filter(i => isRelative(i) && leadsNowhere(i)).map(line)).toEqual([])
})

describe('among the files of src', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter(file => /\.tsx?$/.test(file))
    .map(file => file.split(sep).join('/'))
  const all = files.flatMap(file => importsOf(join(SRC, file)))
  const graph = new Map(files.map(file => [file, all.filter(i => i.file === file).flatMap(i => targetFile(i) ?? [])]))

  test('no import leads back to where it began, types and what is loaded later among them', () => {
    // Were the files not found, there would be no circle, either.
    expect([...graph.values()].flat().length).toBeGreaterThan(1000)
    expect(findCircles(graph)).toEqual([])
  })
})

/** The file of src that a relative import leads to; null for one that is none of TypeScript, and outside of src. */
function targetFile({ file, specifier }: Import): string | null {
  if (!specifier.startsWith('.')) return null
  const path = join(SRC, dirname(file), specifier.replace(/\?.*$/, ''))
  // AssemblyScript's imports have no extension.
  const found = [path.replace(/\.js$/, '.ts'), `${path}.ts`].find(path => path.endsWith('.ts') && existsSync(path))
  return found ? relative(SRC, found).split(sep).join('/') : null
}

/** Walks in depth: an import of a file on the way there closes a circle. @returns at least one of each knot of circles, a line each */
function findCircles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const circles: string[] = []
  const done = new Set<string>()
  const way: string[] = []
  const visit = (file: string) => {
    const start = way.indexOf(file)
    if (start >= 0) circles.push([...way.slice(start), file].join(' -> '))
    if (start >= 0 || done.has(file)) return
    way.push(file)
    for (const target of graph.get(file) ?? []) visit(target)
    way.pop()
    done.add(file)
  }
  for (const file of graph.keys()) visit(file)
  return [...new Set(circles)]
}

describe('within the page', () => {
  /** What a file of src/app belongs to: its folder, or itself. */
  const partOf = (file: string) => file.split('/')[1].replace(/\.ts$/, '')
  const own = imports.filter(({ folder }) => folder === 'app')
  const inner = own.flatMap(i => {
    const target = targetFile(i)
    return target?.startsWith('app/') ? [{ ...i, from: partOf(i.file), to: partOf(target) }] : []
  })
  const floorOf = (part: string) => APP_FLOORS.findIndex(floor => floor.includes(part))

  test('every file is of a floor', () => {
    const parts = new Set(filesOf('app').map(path => partOf(relative(SRC, path).split(sep).join('/'))))
    expect([...parts].filter(part => floorOf(part) < 0)).toEqual([])
    expect(inner.length).toBeGreaterThan(100)
  })

  test('a file imports only from floors above it, and features never from each other', () => {
    const isFeature = (part: string) => APP_FLOORS[FEATURES].includes(part)
    const isWrong = ({ from, to }: (typeof inner)[number]) =>
      floorOf(to) > floorOf(from) || (isFeature(from) && isFeature(to) && from !== to)
    expect(inner.filter(isWrong).map(line)).toEqual([])
  })
})

describe('model, kernel and world', () => {
  const pure = imports.filter(({ folder }) => PURE.has(folder))

  test('import no package but gl-matrix', () => {
    expect(pure.filter(i => !isRelative(i) && !PURE_PACKAGES.has(i.specifier)).map(line)).toEqual([])
  })

  test('import nothing from outside src', () => {
    expect(pure.filter(i => isRelative(i) && targetFolder(i) === null).map(line)).toEqual([])
  })

  test('use nothing of a page or of Node: they compile with the language alone', () => {
    // Text to and from UTF-8 is everywhere, but not of the language.
    const ambient = 'ambient.d.ts'
    const ambientText = `
      declare class TextEncoder { encode(text?: string): Uint8Array<ArrayBuffer> }
      declare class TextDecoder {
        constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean })
        decode(bytes?: Uint8Array, options?: { stream?: boolean }): string
      }`
    const options: ts.CompilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      lib: ['lib.es2023.d.ts'],
      types: [],
    }
    const host = ts.createCompilerHost(options)
    const { getSourceFile, fileExists } = host
    host.fileExists = name => name === ambient || fileExists(name)
    host.getSourceFile = (name, ...rest) =>
      name === ambient ? ts.createSourceFile(name, ambientText, rest[0]) : getSourceFile(name, ...rest)
    const files = ['model', 'world'].flatMap(filesOf)
    const program = ts.createProgram([...files, ambient], options, host)
    const messages = ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
      const where = file && start !== undefined ? file.getLineAndCharacterOfPosition(start).line + 1 : ''
      return `${relative(SRC, file?.fileName ?? '')}:${where} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`
    })
    expect(messages).toEqual([])
  })
})

test('nothing but the command line imports Node, the browser driver or the image library', () => {
  const isNode = ({ specifier }: Import) => /^(?:node:|puppeteer|@puppeteer\/|sharp$)/.test(specifier)
  expect(imports.filter(i => isNode(i) && i.folder !== 'cli').map(line)).toEqual([])
})
