import CounterRandom

/// The initial weights of a run, by PyTorch's default rule for `Conv2d` and `Linear`.
///
/// Every weight and bias is uniform in `±1 / sqrt(fan in)`. In each tensor, element `i` in
/// canonical order is draw `i` of the random stream with the tensor's name (see CounterRandom's
/// README), so that a program in any language can recreate the weights.
public enum InitialWeights {
  /// Fills a flat parameter buffer with the initial weights of `seed`.
  public static func fill(
    _ flat: UnsafeMutableBufferPointer<Float>, layout: ParameterLayout, seed: UInt64
  ) {
    var canonical: [Float] = []
    for tensor in layout.tensors {
      var values = [Float](repeating: 0, count: tensor.range.count)
      RandomStream(seed: seed, name: tensor.name)
        .fillSymmetric(&values, bound: 1 / Double(tensor.fanIn).squareRoot())
      canonical += values
    }
    layout.store(canonical: canonical, into: flat)
  }
}
