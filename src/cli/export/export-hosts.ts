// What `vexel export` writes, by the host that it is for, and which of them the ending of a file's name says.

export const HOSTS = ['shadertoy', 'glsl', 'three', 'numpy'] as const
export type Host = (typeof HOSTS)[number]

export const ENDINGS: Readonly<Record<string, Host>> = {
  '.frag': 'glsl',
  '.glsl': 'glsl',
  '.js': 'three',
  '.py': 'numpy',
}
