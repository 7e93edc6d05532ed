// The sources: header and GLSL files, joined. One architecture has up to four programs, each compiled when it is asked for.

import geluSource from '../../shaders/gelu.glsl?raw'
import networkSource from '../../shaders/network.glsl?raw'
import rawSource from '../../shaders/raw.frag.glsl?raw'
import screenVertex from '../../shaders/screen.vert.glsl?raw'
import tileSource from '../../shaders/tile.frag.glsl?raw'
import tileVertex from '../../shaders/tile.vert.glsl?raw'
import divergingSource from '../../shaders/tone-diverging.glsl?raw'
import toneSource from '../../shaders/tone.glsl?raw'
import textureSource from '../../shaders/weights-texture.glsl?raw'
import uniformSource from '../../shaders/weights-uniform.glsl?raw'
import { type Lanes, shaderHeader, tappedHeader, VERSION_AND_PRECISION } from './shader-header.js'
import type { ShaderLayout } from './shader-layout.js'
import type { UniformBlocks } from './uniform-blocks.js'

/** What a draw evaluates: displayed colours packed to RGBA8 words, or raw values as float bits. */
export type DrawKind = 'tile' | 'raw'

/** A program of its own for units keeps the head's as fast as it is. */
export type ProgramKind = DrawKind | 'tapped tile' | 'tapped raw'

/** The vertex source of a program: of tiles one that draws marked blocks alone, too. */
export function vertexSource(lanes: Lanes, kind: ProgramKind): string {
  return VERSION_AND_PRECISION + (kind.endsWith('tile') ? `#define LANES ${lanes}\n${tileVertex}` : screenVertex)
}

/**
 * The fragment source of a program.
 * @param blocks the uniform blocks that the weights come from; null for a texture
 */
export function fragmentSource(
  layout: ShaderLayout,
  lanes: Lanes,
  blocks: UniformBlocks | null,
  kind: ProgramKind,
): string {
  const net = (blocks ? uniformSource : textureSource) + geluSource + networkSource
  const header = shaderHeader(layout, lanes, blocks)
  switch (kind) {
    case 'tile':
      return header + net + toneSource + tileSource
    case 'raw':
      return header + net + rawSource
    case 'tapped tile':
      return header + tappedHeader(layout) + net + divergingSource + tileSource
    case 'tapped raw':
      return header + tappedHeader(layout) + net + rawSource
  }
}
