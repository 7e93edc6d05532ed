// The product's fragment shaders as Vulkan takes them: GLSL for WebGL2 with the few words changed that ANGLE changes there, too.
// Loose uniforms go into a block of their own (glslangValidator -R), everything has a binding.

import { fragmentSource } from '../../src/gpu/shader-source.js'
import type { ShaderLayout } from '../../src/gpu/shader-layout.js'
import type { ShaderVariant } from '../../src/gpu/shader-variant.js'
import type { UniformBlocks } from '../../src/gpu/uniform-blocks.js'

/** Options of glslangValidator that put the loose uniforms at binding 0. */
export const GLSLANG_OPTIONS = ['-V', '-R', '--set-default-uniform-block', 'LooseUniforms', '0', '0']

/** A tile of the head, as GLSL 450. The bindings are those of compile-pipeline.c. */
export function vulkanFragment(
  layout: ShaderLayout,
  { weights, lanes }: ShaderVariant,
  blocks: UniformBlocks | null,
): string {
  return fragmentSource(layout, lanes, weights === 'uniform' ? blocks : null, 'tile')
    .replace('#version 300 es', '#version 450')
    .replace('uniform highp sampler2DArray', 'layout(binding = 1) uniform highp sampler2DArray')
    .replace('layout(std140) uniform Weights0', 'layout(std140, binding = 2) uniform Weights0')
    .replace('layout(std140) uniform Weights1', 'layout(std140, binding = 3) uniform Weights1')
    .replace('out highp uvec4 packedColours', 'layout(location = 0) out highp uvec4 packedColours')
}

/** One triangle over the viewport, as shaders/screen.vert.glsl. */
export const VULKAN_VERTEX = `#version 450
void main() {
  vec2 corner = vec2((gl_VertexIndex << 1) & 2, gl_VertexIndex & 2);
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}
`
