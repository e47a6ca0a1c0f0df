/// One named tensor of a model and its range in the flat buffer.
public struct ParameterTensor: Equatable, Sendable {
  /// Name of the layer and of the part, such as `conv1.weight`.
  public let name: String
  /// Shape in PyTorch: `[out, in, rows, columns]`, `[out, in]` or `[out]`.
  public let canonicalShape: [Int]
  /// Range of its elements in the flat buffer.
  public let range: Range<Int>
  /// Number of inputs of one output; the initial values are in `±1 / sqrt(fanIn)`.
  public let fanIn: Int
  /// Shape of the layer's input; the weights of a linear layer have this order in the flat buffer.
  let inputShape: Shape

  /// Calls `body` with each element's index in canonical and in flat order (both from 0).
  ///
  /// The flat order is the one that engines compute with: convolutions are `[rows, columns, in,
  /// out]`, linear layers `[out, in]` with the inputs as `[height, width, channels]` (in canonical
  /// order `[channels, height, width]`).
  public func forEachElement(_ body: (_ canonical: Int, _ flat: Int) -> Void) {
    switch canonicalShape.count {
    case 4:
      let (outs, ins) = (canonicalShape[0], canonicalShape[1])
      let window = canonicalShape[2] * canonicalShape[3]
      for out in 0..<outs {
        for input in 0..<ins {
          for tap in 0..<window {
            body((out * ins + input) * window + tap, (tap * ins + input) * outs + out)
          }
        }
      }
    case 2:
      let pixels = inputShape.height * inputShape.width
      for out in 0..<canonicalShape[0] {
        for channel in 0..<inputShape.channels {
          for pixel in 0..<pixels {
            body(
              out * fanIn + channel * pixels + pixel,
              out * fanIn + pixel * inputShape.channels + channel)
          }
        }
      }
    default:
      for index in 0..<range.count { body(index, index) }
    }
  }
}

/// The named slices of a model's flat parameter buffer.
///
/// The buffers of gradients and of optimizer state have the same layout. Layers are in the order of
/// the model, each with its weight before its bias.
public struct ParameterLayout: Equatable, Sendable {
  public let tensors: [ParameterTensor]
  /// Number of parameters.
  public let count: Int

  /// The layout of `model`.
  public init(of model: Model) {
    var tensors: [ParameterTensor] = []
    var used = 0
    for placed in model.layers {
      guard let name = placed.name else { continue }
      let shape: [Int]
      let outputs = placed.output.channels
      if case .convolution(let kernel, _) = placed.layer {
        shape = [outputs, placed.input.channels, kernel, kernel]
      } else {
        shape = [outputs, placed.input.count]
      }
      let fanIn = shape.dropFirst().reduce(1, *)
      for (part, shape) in [("weight", shape), ("bias", [outputs])] {
        let size = shape.reduce(1, *)
        tensors.append(
          ParameterTensor(
            name: "\(name).\(part)", canonicalShape: shape, range: used..<(used + size),
            fanIn: fanIn, inputShape: placed.input))
        used += size
      }
    }
    self.tensors = tensors
    count = used
  }

  /// The tensor called `name`.
  public subscript(name: String) -> ParameterTensor? { tensors.first { $0.name == name } }

  /// All tensors in canonical order, one after the other; this form is saved and hashed.
  public func canonical(from flat: UnsafeBufferPointer<Float>) -> [Float] {
    precondition(flat.count >= count, "\(flat.count) parameters given, \(count) needed")
    var result = [Float](repeating: 0, count: count)
    for tensor in tensors {
      let start = tensor.range.lowerBound
      tensor.forEachElement { result[start + $0] = flat[start + $1] }
    }
    return result
  }

  /// Stores values in canonical order (the result of `canonical(from:)`) in a flat buffer.
  public func store(canonical: [Float], into flat: UnsafeMutableBufferPointer<Float>) {
    precondition(
      canonical.count == count && flat.count >= count, "\(canonical.count) values for \(count)")
    for tensor in tensors {
      let start = tensor.range.lowerBound
      tensor.forEachElement { flat[start + $1] = canonical[start + $0] }
    }
  }
}
