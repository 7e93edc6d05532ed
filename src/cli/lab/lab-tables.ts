// What a lab has found out, as files: lab.json, lab.csv, lab.md and the page lab.html.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cellKey, labHtml } from '../../export/lab/lab-html.js'
import { LAB_SCRIPT_NAME } from '../../export/page/page-ids.js'
import { UnsupportedError } from '../../model/errors.js'
import { type LabReport, reportOf } from '../../train/lab/report.js'
import { runsOf } from '../../train/lab/runs.js'
import { csvOf, markdownOf } from '../../train/lab/tables.js'
import { readCapped } from '../files/input.js'
import { writeWhole } from '../files/output.js'
import { SITE_FOLDER } from '../site/site.js'
import { netFile } from './lab-files.js'
import { type LabJob, readResults } from './lab-work.js'

/**
 * Writes the tables and the page of all that lies in the folder, whichever process made it.
 * @throws UnsupportedError when one cannot be written, or the site is not built
 */
export async function writeTables(job: Pick<LabJob, 'plan' | 'flags' | 'folder'>): Promise<LabReport> {
  const { plan, flags, folder } = job
  const names = new Map(Array.from(flags.values(), ({ code, name }) => [code, name]))
  const report = reportOf(plan, names, await readResults(job, runsOf(plan)))
  const page = labHtml(report, { script: await readScript(), nets: await readNets(folder, report) })
  const files = {
    'lab.json': `${JSON.stringify(report)}\n`,
    'lab.csv': csvOf(report.results),
    'lab.md': markdownOf(report),
    'lab.html': page,
  }
  for (const [name, text] of Object.entries(files)) await writeWhole(join(folder, name), new TextEncoder().encode(text))
  return report
}

async function readScript(): Promise<string> {
  try {
    return await readFile(join(SITE_FOLDER, LAB_SCRIPT_NAME), 'utf8')
  } catch {
    throw new UnsupportedError('the site, which has what draws in a page, is not built: run npm run build')
  }
}

/** Of each cell the net in the middle. */
async function readNets(folder: string, { rows }: LabReport): Promise<Map<string, Uint8Array>> {
  const nets = new Map<string, Uint8Array>()
  for (const { name, cells } of rows)
    for (const { flag, middle } of cells)
      if (middle) nets.set(cellKey(name, flag), await readCapped(join(folder, netFile(middle)), 'a flag network'))
  return nets
}
