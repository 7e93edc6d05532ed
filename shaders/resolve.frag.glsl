// Unpacks a tile from the scratch texture into the picture: pixel for pixel at step 1, bilinear between the centres of
// coarser blocks, never reading a block outside uBounds (it may not have been made yet).
uniform highp usampler2D uScratch;
uniform int uStep;
// First and last block that may be read: x0, y0, x1, y1.
uniform ivec4 uBounds;

out vec4 fragColour;

vec4 blockColour(ivec2 block) {
  block = clamp(block, uBounds.xy, uBounds.zw);
  uint packedColour = texelFetch(uScratch, ivec2(block.x >> 2, block.y), 0)[block.x & 3];
  return vec4(uvec4(packedColour, packedColour >> 8, packedColour >> 16, packedColour >> 24) & 255u) / 255.0;
}

void main() {
  ivec2 pixel = ivec2(gl_FragCoord.xy);
  if (uStep == 1) {
    fragColour = blockColour(pixel);
    return;
  }
  vec2 position = (vec2(pixel) + 0.5) / float(uStep) - 0.5;
  ivec2 block = ivec2(floor(position));
  vec2 part = position - vec2(block);
  fragColour = mix(
    mix(blockColour(block), blockColour(block + ivec2(1, 0)), part.x),
    mix(blockColour(block + ivec2(0, 1)), blockColour(block + ivec2(1, 1)), part.x),
    part.y
  );
}
