// A coherent tile: pixels of marked blocks as they were evaluated, the others by the biquadratic of their block's nine nodes. Twin of
// the second: fillBlock() in src/kernel/biquadratic.ts.
uniform highp usampler2D uScratch;
uniform int uLaneBits;
uniform highp sampler2D uNodes;
uniform highp sampler2D uMask;
// The tile's first pixel in the picture.
uniform ivec2 uTile;
// Binary logarithm of the pixels from one node to the next, and the first block's first node.
uniform int uSpacingBits;
uniform int uFirst;

out vec4 fragColour;

vec3 nodeAt(ivec2 node) {
  return texelFetch(uNodes, node, 0).rgb;
}

// Lagrange's weights of values at 0, 1 and 2.
vec3 weightsAt(float t) {
  return vec3((1.0 - t) * (1.0 - 0.5 * t), t * (2.0 - t), 0.5 * t * (t - 1.0));
}

void main() {
  ivec2 pixel = ivec2(gl_FragCoord.xy) - uTile;
  ivec2 block = pixel >> (uSpacingBits + 1);
  if (texelFetch(uMask, block, 0).r > 0.5) {
    uint packedColour = texelFetch(uScratch, ivec2(pixel.x >> uLaneBits, pixel.y), 0)[pixel.x & ((1 << uLaneBits) - 1)];
    fragColour = vec4(uvec4(packedColour, packedColour >> 8, packedColour >> 16, packedColour >> 24) & 255u) / 255.0;
  } else {
    vec2 place = vec2(pixel - (block << (uSpacingBits + 1))) / float(1 << uSpacingBits);
    vec3 across = weightsAt(place.x);
    vec3 down = weightsAt(place.y);
    ivec2 node = 2 * block + uFirst;
    vec3 colour = vec3(0.0);
    for (int row = 0; row < 3; row++) {
      ivec2 at = node + ivec2(0, row);
      colour += down[row] * (across.x * nodeAt(at) + across.y * nodeAt(at + ivec2(1, 0)) + across.z * nodeAt(at + ivec2(2, 0)));
    }
    fragColour = vec4(colour, 1.0);
  }
}
