import Statistics

/// The factors of parallel efficiency that the POP project defined, from the phases of all ranks.
///
/// POP is Performance Optimisation and Productivity, https://pop-coe.eu. Compute is load, forward,
/// backward and update. The factors are quotients of means over blocks, so that their products
/// hold.
public struct POPFactors: Codable, Equatable, Sendable {
  /// mean(compute) / max(compute) over ranks.
  public let loadBalance: Double
  /// max(compute) / T(p).
  public let communicationEfficiency: Double
  /// mean(compute) / T(p): the product of the two above.
  public let parallelEfficiency: Double
  /// Compute of one rank for as many images, divided by that of all ranks.
  ///
  /// The efficiency is its product with `parallelEfficiency`, but for the share of the baseline's
  /// time that is not compute.
  public let computationScalability: Double

  /// The sums of one run, in seconds.
  struct Terms {
    let ranks: Double
    /// Of all ranks.
    let compute: Double
    let longestCompute: Double
    let longestTraining: Double
    /// Of one rank, for as many images.
    let baseCompute: Double
  }

  /// The factors of several runs of as many ranks; nil if a run has no compute time.
  init?(_ terms: [Terms]) {
    func sum(_ value: (Terms) -> Double) -> Double { terms.map(value).reduce(0, +) }
    let mean = sum { $0.compute / $0.ranks }
    guard
      let balance = SampleStatistics.ratio(mean, sum(\.longestCompute)),
      let communication = SampleStatistics.ratio(
        sum(\.longestCompute), sum(\.longestTraining)),
      let scalability = SampleStatistics.ratio(sum(\.baseCompute), sum(\.compute))
    else { return nil }
    loadBalance = balance
    communicationEfficiency = communication
    parallelEfficiency = balance * communication
    computationScalability = scalability
  }
}
