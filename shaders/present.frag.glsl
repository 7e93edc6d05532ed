// Shows a picture on the canvas, moved and scaled as the camera has moved since it was made. The canvas counts rows from
// the bottom, pictures from the top: y flips here.
uniform sampler2D uPicture;
// Height of the canvas; where the picture lies on it: left, top, width, height in canvas pixels.
uniform float uCanvasHeight;
uniform vec4 uPlace;
// The picture is this very view: copy its texels as they are.
uniform bool uExact;

out vec4 fragColour;

void main() {
  vec2 pixel = vec2(gl_FragCoord.x, uCanvasHeight - gl_FragCoord.y);
  fragColour = uExact ? texelFetch(uPicture, ivec2(pixel), 0) : texture(uPicture, (pixel - uPlace.xy) / uPlace.zw);
}
