// What a flag can be given away as, by the program that it is for: how its file ends, and what it is good for.

export interface HostFacts {
  /** Of the file, with its dot. */
  readonly ending: string
  readonly label: string
  /** One sentence. */
  readonly purpose: string
}

export const HOSTS = {
  html: {
    ending: '.html',
    label: 'Web page',
    purpose: 'One file that opens in any browser, also from a disk and without a network, to zoom and pan.',
  },
  shadertoy: {
    ending: '.shadertoy.txt',
    label: 'Shadertoy',
    purpose: 'Text to paste into a new shader on shadertoy.com; drag upwards there to fly in.',
  },
  glsl: {
    ending: '.frag',
    label: 'GLSL',
    purpose: 'A fragment shader for The Book of Shaders, glslViewer and most that takes GLSL.',
  },
  three: {
    ending: '.js',
    label: 'three.js',
    purpose: 'A module with a material for a mesh in a scene of three.js.',
  },
  p5: {
    ending: '.p5.js',
    label: 'p5.js',
    purpose: 'A sketch to paste into editor.p5js.org; the wheel flies in, a drag moves the picture.',
  },
  touchdesigner: {
    ending: '.glsl',
    label: 'TouchDesigner',
    purpose: 'The pixel shader of a GLSL TOP.',
  },
  wgsl: { ending: '.wgsl', label: 'WebGPU', purpose: 'A vertex and a fragment shader in WGSL, for WebGPU.' },
  python: {
    ending: '.py',
    label: 'PyTorch',
    purpose: 'The class that the weights belong to, and five lines that draw them; the weights go beside it.',
  },
  numpy: {
    ending: '.numpy.py',
    label: 'Python with numpy',
    purpose: 'A script with the weights in it that draws the flag with numpy alone, at any size.',
  },
  onnx: {
    ending: '.onnx',
    label: 'ONNX',
    purpose: 'The network for ONNX Runtime, Netron and most other programs that run networks: points in, colours out.',
  },
} as const satisfies Record<string, HostFacts>

export type Host = keyof typeof HOSTS
export const HOST_NAMES = Object.keys(HOSTS) as readonly Host[]

/** Those whose constants are written out, and rounded. */
const TEXT_HOSTS = ['shadertoy', 'glsl', 'three', 'p5', 'touchdesigner', 'wgsl', 'numpy'] as const
export type TextHost = (typeof TEXT_HOSTS)[number]

/** Whether the weights stand in it as decimal numbers. */
export function isTextHost(host: Host): host is TextHost {
  return TEXT_HOSTS.some(name => name === host)
}
