import { expect, it } from 'vitest'
import { bytesField, floatField, integerField, message } from '../../../src/models/protobuf.ts'

// The first three are the examples of protobuf.dev/programming-guides/encoding.
it.each([
  ['a number', integerField(1, 150), [0x08, 0x96, 0x01]],
  ['a text', bytesField(2, 'testing'), [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]],
  ['a message', bytesField(3, integerField(1, 150)), [0x1a, 0x03, 0x08, 0x96, 0x01]],
  ['0', integerField(1, 0), [0x08, 0x00]],
  ['127 and 128', message(integerField(1, 127), integerField(1, 128)), [8, 0x7f, 8, 0x80, 1]],
  ['a number above 2³²', integerField(1, 2 ** 35), [0x08, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01]],
  ['a field above 15', integerField(20, 1), [0xa0, 0x01, 0x01]],
  ['a float', floatField(2, 1), [0x15, 0x00, 0x00, 0x80, 0x3f]],
])('%s is encoded as it must be', (_, encoded, bytes) => {
  expect([...encoded]).toEqual(bytes)
})
