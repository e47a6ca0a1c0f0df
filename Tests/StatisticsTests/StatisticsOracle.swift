import TestSupport

/// The content of `Tests/Oracle/statistics.json`: what numpy and scipy compute.
struct StatisticsOracle: Decodable {
  struct Median: Decodable {
    let values: [Double]
    let median: Double
  }

  struct OrderStatistic: Decodable {
    let level: Double
    let count: Int
    /// The interval reaches from the k-th smallest to the k-th largest value; 0 if there is none.
    let k: Int
    let coverage: Double?
  }

  struct Binomial: Decodable {
    let k: Int
    let trials: Int
    let probability: Double
    let value: Double
  }

  struct LeastSquares: Decodable {
    let rows: [[Double]]
    let y: [Double]
    let coefficients: [Double]
    let residuals: [Double]
  }

  struct Fits: Decodable {
    struct Amdahl: Decodable {
      let oneRankSeconds: Double
      let serialShare: Double
    }

    struct USL: Decodable {
      let oneRankSeconds: Double
      let contention: Double
      let coherency: Double
    }

    struct Logarithmic: Decodable {
      let constant: Double
      let parallel: Double
      let logarithmic: Double
    }

    let name: String
    let ranks: [Int]
    let seconds: [Double]
    let amdahl: Amdahl
    let usl: USL
    let logarithmic: Logarithmic
  }

  let medians: [Median]
  let orderStatistics: [OrderStatistic]
  let binomial: [Binomial]
  let leastSquares: [LeastSquares]
  let fits: [Fits]

  /// Reads the file.
  static func read() throws -> StatisticsOracle {
    try Repository.oracle("statistics.json", as: StatisticsOracle.self)
  }
}

/// Whether two numbers agree to a relative difference of 1e-9.
func agree(_ one: Double, _ other: Double) -> Bool {
  abs(one - other) <= 1e-9 * max(abs(one), abs(other))
}
