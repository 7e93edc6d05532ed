// The order of the house (design.md): a folder of src imports only from folders above it, and the lowest floors know no
// packages, no page and no Node.

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { describe, expect, test } from 'vitest'

const SRC = fileURLToPath(new URL('../src', import.meta.url))

/** The table of design.md, ground floor first. */
const FLOORS = ['model', 'kernel', 'world', 'gpu', 'draw', 'train', 'film', 'edit', 'explain', 'solve', 'app', 'cli']
/** What may be used without a screen, a file or a package; gl-matrix is given. */
const PURE = new Set(['model', 'kernel', 'world'])
const PURE_PACKAGES = new Set(['gl-matrix'])

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

/**
 * Imports that close a circle and are going to go: a template and its panel, or a type that lives in the wrong place. Nothing
 * is added here.
 */
const CIRCLES_THAT_ARE_LEFT = [
  'app/scrub/session.ts imports app/explorer.ts',
  'app/scrub/panel-template.ts imports app/scrub/panel.ts',
  'app/scrub/effects-template.ts imports app/scrub/effects.ts',
  'app/neurons/scripting.ts imports app/scripting.ts',
  'app/film/scripting.ts imports app/scripting.ts',
  'app/solve/section.ts imports app/solve/door.ts',
]

describe('among the files of src', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter(file => /\.tsx?$/.test(file))
    .map(file => file.split(sep).join('/'))
  const all = files.flatMap(file => importsOf(join(SRC, file)))
  const graph = new Map(files.map(file => [file, all.filter(i => i.file === file).flatMap(i => targetFile(i) ?? [])]))

  test('no import leads back to where it began, types and what is loaded later among them', () => {
    // Were the files not found, there would be no circle, either.
    expect([...graph.values()].flat().length).toBeGreaterThan(1000)
    expect(findCircles(withoutKnown(graph))).toEqual([])
  })

  test('each circle that is known of is still there', () => {
    const gone = CIRCLES_THAT_ARE_LEFT.filter((_, i) => {
      const others = CIRCLES_THAT_ARE_LEFT.filter((_, other) => other !== i)
      return findCircles(withoutKnown(graph, others)).length === 0
    })
    expect(gone).toEqual([])
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

/** A graph of imports without those that are known to close circles. */
function withoutKnown(
  graph: ReadonlyMap<string, readonly string[]>,
  known: readonly string[] = CIRCLES_THAT_ARE_LEFT,
): Map<string, string[]> {
  const isKnown = (file: string, target: string) => known.includes(`${file} imports ${target}`)
  return new Map([...graph].map(([file, targets]) => [file, targets.filter(target => !isKnown(file, target))]))
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
