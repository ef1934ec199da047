// The messages of ONNX that a model of ours needs. Numbers of fields and of types: github.com/onnx/onnx, onnx/onnx.proto.

import { bytesField, floatField, integerField, message } from './protobuf.ts'

/** Of the operators that are used; and the version of the format that goes with it. */
const OPSET = 17
const IR_VERSION = 8

type Values = Float32Array | Float64Array | BigInt64Array

export type OnnxTensor = {
  readonly name: string
  readonly shape: readonly number[]
  readonly data: Values
}

/** A whole number, a list of them, or a float. */
export type OnnxAttribute = number | readonly number[] | { readonly float: number }

export type OnnxNode = {
  readonly operator: string
  /** '' for one that is left out. */
  readonly inputs: readonly string[]
  readonly outputs: readonly string[]
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>
}

/** What goes in or comes out; a dimension that is a word may be of any size. */
export type OnnxPort = {
  readonly name: string
  readonly type: 'float' | 'double'
  readonly shape: readonly (number | string)[]
}

export type OnnxModel = {
  readonly name: string
  readonly producer: { readonly name: string; readonly version: string }
  readonly description: string
  readonly inputs: readonly OnnxPort[]
  readonly outputs: readonly OnnxPort[]
  readonly nodes: readonly OnnxNode[]
  readonly tensors: readonly OnnxTensor[]
  readonly metadata: Readonly<Record<string, string>>
}

export function encodeOnnx(model: OnnxModel): Uint8Array {
  return message(
    integerField(1, IR_VERSION),
    bytesField(2, model.producer.name),
    bytesField(3, model.producer.version),
    bytesField(6, model.description),
    bytesField(7, graph(model)),
    bytesField(8, integerField(2, OPSET)), // of the default domain
    ...Object.entries(model.metadata).map(([key, value]) =>
      bytesField(14, message(bytesField(1, key), bytesField(2, value))),
    ),
  )
}

function graph({ name, inputs, outputs, nodes, tensors }: OnnxModel): Uint8Array {
  return message(
    ...nodes.map((node) => bytesField(1, nodeMessage(node))),
    bytesField(2, name),
    ...tensors.map((tensor) => bytesField(5, tensorMessage(tensor))),
    ...inputs.map((port) => bytesField(11, portMessage(port))),
    ...outputs.map((port) => bytesField(12, portMessage(port))),
  )
}

/** Named after its first output, which no other node has. */
function nodeMessage({ operator, inputs, outputs, attributes = {} }: OnnxNode): Uint8Array {
  return message(
    ...inputs.map((input) => bytesField(1, input)),
    ...outputs.map((output) => bytesField(2, output)),
    bytesField(3, outputs.find((output) => output !== '') ?? operator),
    bytesField(4, operator),
    ...Object.entries(attributes).map(([name, value]) =>
      bytesField(5, message(bytesField(1, name), attributeFields(value))),
    ),
  )
}

function attributeFields(value: OnnxAttribute): Uint8Array {
  const [FLOAT, INT, INTS] = [1, 2, 7]
  if (typeof value === 'number') return message(integerField(3, value), integerField(20, INT))
  if ('float' in value) return message(floatField(2, value.float), integerField(20, FLOAT))
  return message(...value.map((one) => integerField(8, one)), integerField(20, INTS))
}

const TYPES = { float: 1, int64: 7, double: 11 } as const

function typeOf(data: Values): keyof typeof TYPES {
  if (data instanceof Float32Array) return 'float'
  return data instanceof Float64Array ? 'double' : 'int64'
}

function tensorMessage({ name, shape, data }: OnnxTensor): Uint8Array {
  return message(
    ...shape.map((size) => integerField(1, size)),
    integerField(2, TYPES[typeOf(data)]),
    bytesField(8, name),
    bytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  )
}

function portMessage({ name, type, shape }: OnnxPort): Uint8Array {
  const dimensions = shape.map((size) =>
    bytesField(1, typeof size === 'number' ? integerField(1, size) : bytesField(2, size)),
  )
  const tensorType = message(integerField(1, TYPES[type]), bytesField(2, message(...dimensions)))
  return message(bytesField(1, name), bytesField(2, bytesField(1, tensorType)))
}
