// Which program a file is for, by the ending of its name.

import type { Host } from '../../export/hosts.js'

export const ENDINGS: Readonly<Record<string, Host>> = {
  '.html': 'html',
  '.htm': 'html',
  '.frag': 'glsl',
  '.glsl': 'glsl',
  '.js': 'three',
  '.wgsl': 'wgsl',
  '.py': 'numpy',
  '.onnx': 'onnx',
}
