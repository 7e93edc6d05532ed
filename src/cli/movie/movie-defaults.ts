// How long a movie is and how fast it runs where nobody says: the help names both.

export const DEFAULT_SECONDS = 6
/** Whole hundredths of a second a frame, as GIF counts them. */
export const DEFAULT_FPS = 25
