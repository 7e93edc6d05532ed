// A unit's value to displayed colour. Twin: applyDiverging() in src/model/diverging.ts, whose stops the header gives:
// FIRST_STOP, STOP_INTERVALS, and RAMPS, a RAMP(index, difference) for every stop and the one behind it.
// offset, 1 / scale
uniform vec2 uDiverging;

// Written as a sum of ramps: no index that is not a constant, no branch.
#define RAMP(INDEX, DIFFERENCE) colour += clamp(position - INDEX, 0.0, 1.0) * DIFFERENCE;

vec3 displayedColour(vec4 units) {
  float t = (units[uTapUnit] - uDiverging.x) * uDiverging.y;
  float position = (clamp(t, -1.0, 1.0) * 0.5 + 0.5) * STOP_INTERVALS;
  vec3 colour = FIRST_STOP;
  RAMPS
  return isnan(t) ? NAN_COLOUR : clamp(colour, 0.0, 1.0);
}
