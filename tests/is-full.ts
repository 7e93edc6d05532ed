/** Whether every case is run (npm run test:full) or the seeded sample. */
export const isFull = Boolean(process.env.VEXEL_FULL)
