// vexel export: the flag as something that draws it without vexel. What is written is made by src/export; here are options and files.

import { basename, extname } from 'node:path'
import { gzipSync } from 'node:zlib'
import { version } from '../../../package.json'
import { DIGITS } from '../../export/digits.js'
import { type Host, HOST_NAMES, isTextHost } from '../../export/hosts.js'
import type { ExportSubject } from '../../export/subject.js'
import { FormatError, UnsupportedError } from '../../model/errors.js'
import { foldNetwork } from '../../model/fold.js'
import { parseChoice } from '../../model/frame.js'
import { optionValue, UsageError } from '../failure.js'
import { nameOfInput } from '../files/input.js'
import { refuseInputAsOutput, writeWhole } from '../files/output.js'
import { type FrameOptionTexts, resolveFrame } from '../options/frame-options.js'
import { wholeIfGiven } from '../options/numbers.js'
import { architectureOption } from '../options/architecture-option.js'
import type { Terminal } from '../terminal.js'
import { ENDINGS } from './export-hosts.js'
import { type Flag, loadFlag } from './flag-file.js'

/** Texts as commander collects them. */
export type ExportOptionTexts = FrameOptionTexts & {
  readonly out: string
  readonly for?: string
  readonly title?: string
  readonly digits?: string
  readonly film?: string | true
  readonly opset: string
  readonly json?: true
}

/** What was made, and what of it is told besides its size. */
interface Made {
  readonly bytes: Uint8Array
  /** Where constants are rounded: to how many digits, and how far that moves the picture, in 8-bit levels. */
  readonly digits?: number
  readonly levels?: number
}

/** Writes the flag for a host, and says how large it became. */
export async function runExport(file: string, options: ExportOptionTexts, terminal: Terminal): Promise<void> {
  const { out } = options
  const host = hostOf(options)
  if (options.json && out === '-') throw new UsageError('--json and -o -: stdout is one of them only')
  const digits = wholeIfGiven('--digits', options.digits, DIGITS.min, DIGITS.max)
  if (digits !== undefined && !isTextHost(host)) throw new UsageError(`--digits: ${host} holds the weights as they are`)
  if (options.film !== undefined && host !== 'html')
    throw new UsageError(`--film: only a page (html) plays it, not ${host}`)
  const films = typeof options.film === 'string' ? [options.film] : []
  await refuseInputAsOutput(out, [file, ...films])
  const flag = await loadFlag(file, terminal.stdin, await architectureOption(options))
  const fileName = file === '-' ? 'flag.safetensors' : basename(file)
  const subject: ExportSubject = {
    network: flag.network,
    folded: naming(nameOfInput(file), () => foldNetwork(flag.network)),
    frame: resolveFrame(flag.stateDict, options, terminal.tell),
    title: options.title ?? basename(fileName, '.safetensors').replace(/\.film$/, ''),
    fileName,
    version,
  }
  const made = await make(subject, host, { flag, digits: digits ?? null, name: nameOfInput(file) }, options, terminal)
  await write(out, made, host, options.json === true, terminal)
}

/** The host that is asked for, or that the file's ending says. */
function hostOf({ out, for: asked }: ExportOptionTexts): Host {
  if (asked !== undefined) return optionValue('--for', asked, text => parseChoice(text, HOST_NAMES, 'host'))
  const ending = out === '-' ? '' : extname(out).toLowerCase()
  if (Object.hasOwn(ENDINGS, ending)) return ENDINGS[ending]
  throw new UsageError(
    `--out ${out}: say what it is for, by its ending (${Object.keys(ENDINGS).join(', ')}) or by --for`,
  )
}

async function make(
  subject: ExportSubject,
  host: Host,
  { flag, digits, name }: { readonly flag: Flag; readonly digits: number | null; readonly name: string },
  options: ExportOptionTexts,
  terminal: Terminal,
): Promise<Made> {
  const encode = (text: string) => new TextEncoder().encode(text)
  switch (host) {
    case 'html':
      return {
        bytes: encode(await (await import('./export-page.js')).exportPage(subject, flag, options.film, terminal)),
      }
    case 'onnx': {
      const { onnxModel, OPSETS } = await import('../../export/onnx/onnx.js')
      const opset = optionValue('--opset', options.opset, text => parseChoice(text, Object.keys(OPSETS), 'opset'))
      return { bytes: naming(name, () => onnxModel(subject, Number(opset) as keyof typeof OPSETS)) }
    }
    case 'python': {
      const { torchText } = await import('../../export/python/torch.js')
      return { bytes: encode(naming(name, () => torchText(subject))) }
    }
    default: {
      const { makeText } = await import('../../export/make-text.js')
      const { text, ...told } = naming(name, () => makeText(subject, host, digits))
      return { bytes: encode(text), ...told }
    }
  }
}

/** Makes something of a file; what cannot be made of it is the file's fault, by its name. */
function naming<T>(name: string, make: () => T): T {
  try {
    return make()
  } catch (error) {
    if (error instanceof FormatError || error instanceof UnsupportedError)
      throw new FormatError(`${name}: ${error.message}`)
    throw error
  }
}

async function write(out: string, made: Made, host: Host, asJson: boolean, terminal: Terminal): Promise<void> {
  const { bytes, digits, levels } = made
  if (out === '-') terminal.stdout.write(bytes)
  else await writeWhole(out, bytes)
  const gzipBytes = gzipSync(bytes, { level: 9 }).length
  if (asJson) {
    terminal.printJson({ file: out, for: host, sizeBytes: bytes.length, gzipBytes, digits, levels })
    return
  }
  const count = (value: number) => value.toLocaleString('en')
  const name = out === '-' ? 'stdout' : out
  const rounded = digits === undefined ? '' : `, ${digits} digits a constant`
  terminal.tell(`${name}: ${host}, ${count(bytes.length)} bytes, ${count(gzipBytes)} gzipped${rounded}`)
}
