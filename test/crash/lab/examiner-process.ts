// A process that examines data directories, one after the other.

import { examine, type Question } from './examine.ts'

process.on('message', (question: Question) => {
  void examine(question).then((finding) => process.send!(finding))
})
