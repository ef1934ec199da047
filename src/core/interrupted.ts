// Thrown out of long work that has changed nothing yet, by whoever wants the run to stop.

export class Interrupted extends Error {
  override name = 'Interrupted'
}
