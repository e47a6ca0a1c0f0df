import NeuralNetwork
import OpenBLASEngine
import Testing

/// Properties of a profile's numbers that hold on every machine, whatever its speed.
@Suite struct ProfileTests {
  @Test(arguments: [(1, ConvolutionMethod.auto), (1, .im2col), (2, .winograd)])
  func partsAreNoLongerThanTheStep(threads: Int, method: ConvolutionMethod) throws {
    let model = try Model(
      text: "conv3x3:16,relu,conv3x3:16,relu,maxpool2,conv2x2:4,maxpool2,fc:20,relu,fc:10",
      height: 14, width: 14, classes: 10)
    let profile = EngineProfile.measure(
      model, optimizer: .adam, batch: 9, threads: threads, convolution: method, repeats: 2)
    let names: [String]
    switch method {
    case .auto: names = ["direct", "winograd", "im2col", "plain", "product", "product"]
    case .winograd: names = ["winograd", "winograd", "im2col", "plain", "product", "product"]
    case .im2col: names = ["im2col", "im2col", "plain", "im2col", "plain", "product", "product"]
    }
    #expect(profile.stages.map(\.method) == names)
    #expect(profile.stages.flatMap(\.layers) == Array(model.layers.indices))
    #expect(profile.warmUpSteps >= 4 && profile.stepsPerRepeat >= 1)
    let always = [profile.load, profile.loss, profile.update, profile.prepare]
    let stages = profile.stages.flatMap { [$0.forward, $0.backward] }
    for seconds in always + stages + [profile.steps] {
      #expect(seconds.count == 2 && seconds.allSatisfy { $0 >= 0 && $0.isFinite })
    }
    for seconds in stages { #expect(seconds.allSatisfy { $0 > 0 }) }
    for turn in 0..<2 {
      let parts = (always + stages).reduce(0) { $0 + $1[turn] }
      #expect(parts <= profile.steps[turn])
      // Several threads may wait long for each other if other processes use the machine too.
      #expect(threads > 1 || parts > 0.5 * profile.steps[turn], "half of the step is in no part")
    }
  }

  @Test(arguments: [1, 2])
  func limitsArePositive(threads: Int) {
    let limits = MachineLimits.measure(threads: threads, repeats: 2, productSize: 128)
    #expect(limits.threads == threads && limits.productSize == 128)
    #expect(limits.memoryCopy.bytes > limits.cacheCopy.bytes && limits.cacheCopy.bytes > 0)
    for seconds in [
      limits.productSeconds, limits.memoryCopy.seconds, limits.cacheCopy.seconds,
    ] {
      #expect(seconds.count == 2 && seconds.allSatisfy { $0 > 0 && $0.isFinite })
    }
  }
}
