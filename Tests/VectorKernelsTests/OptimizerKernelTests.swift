import NeuralNetwork
import Testing
import VectorKernels

/// The update kernels agree with the textbook formulas in double precision over five steps.
struct OptimizerKernelTests {
  /// From and to every alignment within a cache line; the numbers around the copy stay.
  @Test(arguments: oddSizes) func copyPastTheCaches(count: Int) {
    let values = randomValues(count + 16)
    for offset in 0..<16 {
      var target = [Float](repeating: 7, count: count + 32)
      target.withUnsafeMutableBufferPointer { target in
        values.withUnsafeBufferPointer { values in
          guard let to = target.baseAddress, let from = values.baseAddress else { return }
          vk_copy_uncached(from + 15 - offset, count, to + offset)
        }
      }
      let copied = Array(values[(15 - offset)..<(15 - offset + count)])
      let untouched = [Float](repeating: 7, count: 32 - offset)
      #expect(target == [Float](repeating: 7, count: offset) + copied + untouched)
    }
  }

  /// What a step computes, and where.
  struct Variant: Sendable {
    let decay: Double
    /// Whether two arrays of gradients are summed and the new parameters go to an array of their own.
    ///
    /// Otherwise there is one array, and they replace the old parameters.
    var sumsApart = false

    static let all = [
      Variant(decay: 0), Variant(decay: 0.1), Variant(decay: 0.1, sumsApart: true),
    ]
  }

  /// Runs a kernel on random gradients of a step, which it multiplies by `scale`.
  ///
  /// - Returns: the gradients, before the multiplication.
  private func step(
    _ number: Int, _ parameters: inout [Float], sumsApart: Bool, scale: Float,
    factor: Float = 1, _ kernel: (vk_update) -> Void
  ) -> [Double] {
    let count = parameters.count
    let gradients = randomValues(count, seed: UInt64(number)).map { $0 * factor }
    let more = randomValues(count, seed: UInt64(100 + number)).map { $0 * factor }
    var updated = [Float](repeating: .nan, count: count)
    parameters.withUnsafeMutableBufferPointer { old in
      updated.withUnsafeMutableBufferPointer { new in
        gradients.withUnsafeBufferPointer { gradients in
          more.withUnsafeBufferPointer { more in
            kernel(
              vk_update(
                parameters: old.baseAddress, updated: sumsApart ? new.baseAddress : old.baseAddress,
                gradients: gradients.baseAddress,
                more: sumsApart ? more.baseAddress : gradients.baseAddress,
                scale: sumsApart ? scale : scale / 2, count: count))
          }
        }
      }
    }
    guard sumsApart else { return gradients.map { Double($0) } }
    parameters = updated
    return zip(gradients, more).map { Double($0) + Double($1) }
  }

  @Test(arguments: oddSizes, Variant.all)
  func adam(count: Int, variant: Variant) {
    let decay = variant.decay
    let optimizer = Optimizer(kind: .adam, learningRate: 0.01, weightDecay: decay)
    var parameters = randomValues(count)
    var (means, squares) = (
      [Float](repeating: 0, count: count), [Float](repeating: 0, count: count)
    )
    var exact = parameters.map { Double($0) }
    var (m, v) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    for step in 1...5 {
      let gradients = self.step(
        step, &parameters, sumsApart: variant.sumsApart, scale: 1 / 64, factor: 10
      ) {
        vk_adam(
          $0, &means, &squares, Float(1 - optimizer.learningRate * decay),
          Float(optimizer.adamStepSize(step: step)),
          Float(1 / optimizer.adamSecondCorrection(step: step)), Float(1 - 0.9), 0.999,
          Float(1 - 0.999), 1e-8)
      }
      var (power1, power2) = (1.0, 1.0)
      for _ in 0..<step { (power1, power2) = (power1 * 0.9, power2 * 0.999) }
      for index in 0..<count {
        let gradient = gradients[index] / 64
        m[index] = 0.9 * m[index] + 0.1 * gradient
        v[index] = 0.999 * v[index] + 0.001 * gradient * gradient
        let (mean, square) = (m[index] / (1 - power1), v[index] / (1 - power2))
        exact[index] -= 0.01 * decay * exact[index]
        exact[index] -= 0.01 * mean / (square.squareRoot() + 1e-8)
      }
    }
    for index in 0..<count {
      #expect(abs(Double(parameters[index]) - exact[index]) < 5e-7)
      #expect(abs(Double(means[index]) - m[index]) < 1e-6 * max(abs(m[index]), 1e-2))
      #expect(abs(Double(squares[index]) - v[index]) < 1e-6 * v[index])
    }
  }

  @Test(arguments: oddSizes, Variant.all)
  func sgd(count: Int, variant: Variant) {
    var parameters = randomValues(count)
    var exact = parameters.map { Double($0) }
    for step in 1...5 {
      let gradients = self.step(step, &parameters, sumsApart: variant.sumsApart, scale: 0.25) {
        vk_sgd($0, 0.05, Float(variant.decay))
      }
      for index in 0..<count {
        exact[index] -= 0.05 * (gradients[index] * 0.25 + variant.decay * exact[index])
      }
    }
    for index in 0..<count { #expect(abs(Double(parameters[index]) - exact[index]) < 5e-7) }
  }

  @Test(arguments: oddSizes, Variant.all)
  func sgdWithMomentum(count: Int, variant: Variant) {
    var parameters = randomValues(count)
    var buffers = [Float](repeating: 0, count: count)
    var exact = parameters.map { Double($0) }
    var momenta = [Double](repeating: 0, count: count)
    for step in 1...5 {
      let gradients = self.step(step, &parameters, sumsApart: variant.sumsApart, scale: 0.25) {
        vk_sgd_momentum($0, &buffers, 0.05, Float(variant.decay), 0.9)
      }
      for index in 0..<count {
        let gradient = gradients[index] * 0.25 + variant.decay * exact[index]
        momenta[index] = 0.9 * momenta[index] + gradient
        exact[index] -= 0.05 * momenta[index]
      }
    }
    for index in 0..<count {
      #expect(abs(Double(parameters[index]) - exact[index]) < 5e-7)
      #expect(abs(Double(buffers[index]) - momenta[index]) < 2e-6)
    }
  }
}
