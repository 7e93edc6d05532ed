// vexel export: the flag as a text that draws it without vexel. What is written is made by src/export; here are options and files.

import { basename, extname } from 'node:path'
import { gzipSync } from 'node:zlib'
import { version } from '../../../package.json'
import { DIGITS, roundConstants } from '../../export/digits.js'
import { numpyText } from '../../export/python/numpy.js'
import { SHADER_HOSTS } from '../../export/shader/hosts.js'
import type { ExportSubject } from '../../export/subject.js'
import { checkDrawable } from '../../gpu/weight-texels.js'
import { isDense } from '../../model/architecture.js'
import { FormatError, UnsupportedError } from '../../model/errors.js'
import { foldNetwork } from '../../model/fold.js'
import { parseChoice } from '../../model/frame.js'
import { optionValue, UsageError } from '../failure.js'
import { loadNetworkFile, nameOfInput } from '../files/input.js'
import { refuseInputAsOutput, writeWhole } from '../files/output.js'
import { type FrameOptionTexts, resolveFrame } from '../options/frame-options.js'
import { wholeIfGiven } from '../options/numbers.js'
import { architectureOption } from '../options/architecture-option.js'
import type { Terminal } from '../terminal.js'
import { ENDINGS, type Host, HOSTS } from './export-hosts.js'

/** Texts as commander collects them. */
export type ExportOptionTexts = FrameOptionTexts & {
  readonly out: string
  readonly for?: string
  readonly title?: string
  readonly digits?: string
  readonly json?: true
}

/** What was made, and what of it is told. */
interface Made {
  readonly text: string
  readonly digits: number
  /** How far the rounded constants move the picture, in 8-bit levels. */
  readonly levels: number
}

/** Writes the flag for a host, and says how large it became. */
export async function runExport(file: string, options: ExportOptionTexts, terminal: Terminal): Promise<void> {
  const { out } = options
  const host = hostOf(options)
  if (options.json && out === '-') throw new UsageError('--json and -o -: stdout is one of them only')
  const digits = wholeIfGiven('--digits', options.digits, DIGITS.min, DIGITS.max)
  await refuseInputAsOutput(out, [file])
  const { stateDict, network } = await loadNetworkFile(file, terminal.stdin, await architectureOption(options))
  const fileName = file === '-' ? 'flag.safetensors' : basename(file)
  const subject: ExportSubject = {
    network,
    folded: foldNetwork(network),
    frame: resolveFrame(stateDict, options, terminal.tell),
    title: options.title ?? basename(fileName, '.safetensors'),
    fileName,
    version,
  }
  const made = naming(nameOfInput(file), () => makeText(subject, host, digits ?? null))
  await write(out, made, host, options.json === true, terminal)
}

/** The host that is asked for, or that the file's ending says. */
function hostOf({ out, for: asked }: ExportOptionTexts): Host {
  if (asked !== undefined) return optionValue('--for', asked, text => parseChoice(text, HOSTS, 'host'))
  const ending = out === '-' ? '' : extname(out).toLowerCase()
  if (Object.hasOwn(ENDINGS, ending)) return ENDINGS[ending]
  throw new UsageError(
    `--out ${out}: say what it is for, by its ending (${Object.keys(ENDINGS).join(', ')}) or by --for`,
  )
}

/** The text, its constants rounded. */
function makeText(subject: ExportSubject, host: Host, wanted: number | null): Made {
  const { architecture } = subject.network
  if (!isDense(architecture))
    throw new FormatError(`export knows linear layers with GELU and batch norm so far; this is ${architecture.name}`)
  if (host !== 'numpy') checkDrawable(subject.folded)
  const { folded, digits, levels } = roundConstants(subject.folded, subject.frame, wanted)
  const note = `Batch norm is folded into the layers; ${digits} digits a constant, which moves the picture by ${levels.toPrecision(1)} of an 8-bit level at most.`
  const text = host === 'numpy' ? numpyText(subject, folded, note) : SHADER_HOSTS[host](subject, folded, note)
  return { text, digits, levels }
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
  const { text, digits, levels } = made
  const bytes = new TextEncoder().encode(text)
  if (out === '-') terminal.stdout.write(bytes)
  else await writeWhole(out, bytes)
  const gzipBytes = gzipSync(bytes, { level: 9 }).length
  if (asJson) {
    terminal.printJson({ file: out, for: host, sizeBytes: bytes.length, gzipBytes, digits, levels })
    return
  }
  const count = (value: number) => value.toLocaleString('en')
  const name = out === '-' ? 'stdout' : out
  terminal.tell(
    `${name}: ${host}, ${count(bytes.length)} bytes, ${count(gzipBytes)} gzipped, ${digits} digits a constant`,
  )
}
