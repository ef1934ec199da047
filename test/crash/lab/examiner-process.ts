// A process that examines data directories, one after the other, with the front door that it is given the path of.

import type * as FrontDoor from '../../../src/ktrdr.ts'
import { examine, type Question } from './examine.ts'

const frontDoor = (await import(process.argv[2]!)) as typeof FrontDoor

process.on('message', (question: Question) => {
  void examine(frontDoor, question).then((finding) => process.send!(finding))
})
