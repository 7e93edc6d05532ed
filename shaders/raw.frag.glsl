// A tile of raw values, the head's outputs or the four units of a tap's quad, bit-exact: floats leave as their bits through RGBA32UI targets, one a lane.
// The cell's centre, in pixels from the view's top left corner.
uniform vec2 uCentre;
// The pixel that the first texel of the targets stands for.
uniform vec2 uOrigin;

layout(location = 0) out highp uvec4 rawLane0;
#if LANES > 1
layout(location = 1) out highp uvec4 rawLane1;
#endif
#if LANES > 2
layout(location = 2) out highp uvec4 rawLane2;
layout(location = 3) out highp uvec4 rawLane3;
#endif

void main() {
  vec2 block = floor(gl_FragCoord.xy) * vec2(LANES, 1.0) + uOrigin;
  UNITS raw = evaluateNetwork(block + 0.5 - uCentre, 1.0);
#if LANES == 1
  rawLane0 = floatBitsToUint(raw);
#else
  rawLane0 = floatBitsToUint(raw[0]);
  rawLane1 = floatBitsToUint(raw[1]);
#endif
#if LANES > 2
  rawLane2 = floatBitsToUint(raw[2]);
  rawLane3 = floatBitsToUint(raw[3]);
#endif
}
