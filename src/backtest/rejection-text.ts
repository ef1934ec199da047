// Why an order was not filled, in words.

import type { Rejection } from './simulation-state.ts'

export const REJECTION_TEXT: Readonly<Record<Rejection, string>> = {
  zeroSize: 'too small for one unit',
  noEquity: 'no equity was left',
  alreadyInPosition: 'the position was open already',
  noMargin: 'what is held takes up all that may be held',
  noVolume: 'nothing was traded on the bar',
  unknownRange: 'size or price takes more bars than there were',
  expired: 'the price was not met in time',
  replaced: 'another signal, or the end of the position, took the place',
}
