/// One named tensor of a model and its place in the flat buffer.
public struct ParameterTensor: Equatable, Sendable {
  /// Such as `conv1.weight`.
  public let name: String
  /// PyTorch's shape: `[out, in, rows, columns]`, `[out, in]` or `[out]`.
  public let canonicalShape: [Int]
  /// Place in the flat buffer.
  public let range: Range<Int>
  /// Number of inputs that one output sees; the initial values are below `1 / sqrt(fanIn)`.
  public let fanIn: Int
  /// For a linear layer the shape of its input, which the flat buffer keeps in the order of
  /// `Shape`.
  let inputShape: Shape

  /// Calls `body` with each element's place in the canonical and in the flat order (from 0 each).
  ///
  /// The flat order is what engines compute with: convolutions `[rows, columns, in, out]`, linear
  /// layers `[out, in]` with the inputs as `[height, width, channels]` (canonical: `[channels,
  /// height, width]`).
  public func forEachElement(_ body: (_ canonical: Int, _ flat: Int) -> Void) {
    switch canonicalShape.count {
    case 4:
      let (outs, ins) = (canonicalShape[0], canonicalShape[1])
      let window = canonicalShape[2] * canonicalShape[3]
      for out in 0..<outs {
        for input in 0..<ins {
          for place in 0..<window {
            body((out * ins + input) * window + place, (place * ins + input) * outs + out)
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
      for place in 0..<range.count { body(place, place) }
    }
  }
}

/// The named slices of a model's flat parameter buffer; gradients and optimizer state mirror it.
///
/// Layers follow each other as in the model, each with its weight before its bias.
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

  /// All tensors in canonical order and shape, one after the other: what is saved and hashed.
  public func canonical(from flat: UnsafeBufferPointer<Float>) -> [Float] {
    precondition(flat.count >= count, "\(flat.count) parameters given, \(count) needed")
    var result = [Float](repeating: 0, count: count)
    for tensor in tensors {
      let start = tensor.range.lowerBound
      tensor.forEachElement { result[start + $0] = flat[start + $1] }
    }
    return result
  }

  /// Puts canonical values (as `canonical(from:)` gives them) into a flat buffer.
  public func store(canonical: [Float], into flat: UnsafeMutableBufferPointer<Float>) {
    precondition(
      canonical.count == count && flat.count >= count, "\(canonical.count) values for \(count)")
    for tensor in tensors {
      let start = tensor.range.lowerBound
      tensor.forEachElement { flat[start + $1] = canonical[start + $0] }
    }
  }
}
