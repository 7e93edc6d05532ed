// A tile of displayed colours: every invocation evaluates LANES neighbouring blocks of a row and writes each as one
// RGBA8 word, so that its pixels share every weight that is fetched. The scratch texture it draws to has a texel for
// LANES blocks: RGBA32UI for four, RG32UI for two, R32UI for one. Core WebGL2, no extension.

// The cell's centre, in pixels from the view's top left corner, and pixels an edge of a block (1 when every pixel is evaluated).
uniform vec2 uCentre;
uniform float uStep;
// The block that the first texel of the target stands for.
uniform vec2 uOrigin;
// Where inside a pixel the net is evaluated, pixels from its centre (src/model/samples.ts).
uniform int uSampleCount;
uniform vec2 uSampleOffsets[16];

out highp uvec4 packedColours;

// Of a channel: 8 of a pixel as it is shown, 10 of a node that others are put in between of.
uniform int uChannelBits;

uint packColour(vec3 colour) {
  uvec3 level = uvec3(colour * float((1 << uChannelBits) - 1) + 0.5);
  uint opaque = uChannelBits == 8 ? 0xff000000u : 0u;
  return level.r | (level.g << uChannelBits) | (level.b << (2 * uChannelBits)) | opaque;
}

void main() {
  vec2 block = floor(gl_FragCoord.xy) * vec2(LANES, 1.0) + uOrigin;
  vec2 centre = (block + 0.5) * uStep - uCentre;
#if LANES == 1
  vec3 sum = vec3(0.0);
#else
  vec3 sum[LANES];
  for (int lane = 0; lane < LANES; lane++) sum[lane] = vec3(0.0);
#endif
  for (int s = 0; s < uSampleCount; s++) {
    UNITS raw = evaluateNetwork(centre + uSampleOffsets[s], uStep);
#if LANES == 1
    sum += displayedColour(raw);
#else
    for (int lane = 0; lane < LANES; lane++) sum[lane] += displayedColour(raw[lane]);
#endif
  }
  float mean = 1.0 / float(uSampleCount);
#if LANES == 1
  packedColours = uvec4(packColour(sum * mean), 0u, 0u, 0u);
#elif LANES == 2
  packedColours = uvec4(packColour(sum[0] * mean), packColour(sum[1] * mean), 0u, 0u);
#else
  packedColours = uvec4(packColour(sum[0] * mean), packColour(sum[1] * mean), packColour(sum[2] * mean), packColour(sum[3] * mean));
#endif
}
