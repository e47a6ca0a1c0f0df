/// Floating-point operations by direct counting: a multiplication and an addition for each weight
/// and each place where it is applied.
///
/// What another method saves or adds does not count, nor do biases, ReLU and pooling.
extension PlacedLayer {
  /// Operations of the forward pass of one image.
  public var forwardFLOP: Int {
    switch layer {
    case .convolution(let kernel, let outputs):
      2 * kernel * kernel * input.channels * outputs * output.height * output.width
    case .fullyConnected(let outputs): 2 * input.count * outputs
    case .relu, .maxPool: 0
    }
  }
}

extension Model {
  /// Operations of the backward pass of layer number `place` for one image.
  ///
  /// The gradient of the weights takes as many as the forward pass, and so does that of the inputs,
  /// which the first layer with weights has no need of.
  public func backwardFLOP(ofLayer place: Int) -> Int {
    let isFirst = layers[..<place].allSatisfy { $0.name == nil }
    return layers[place].forwardFLOP * (isFirst ? 1 : 2)
  }

  /// Operations of a training step without its update, for one image.
  public var trainingFLOP: Int {
    layers.indices.reduce(0) { $0 + layers[$1].forwardFLOP + backwardFLOP(ofLayer: $1) }
  }
}
