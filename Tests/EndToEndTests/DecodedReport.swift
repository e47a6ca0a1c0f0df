/// The report of a study as another program reads it from JSON.
///
/// It declares the documented keys by itself, so that a key that changes its name fails a test.
struct DecodedReport: Decodable {
  /// A median with its interval, or with the range of the values where `level` is null.
  struct Interval: Decodable {
    let median: Double
    let low: Double
    let high: Double
    let level: Double?

    private enum CodingKeys: CodingKey {
      case median
      case low
      case high
      case level
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: CodingKeys.self)
      median = try container.decode(Double.self, forKey: .median)
      low = try container.decode(Double.self, forKey: .low)
      high = try container.decode(Double.self, forKey: .high)
      // Null is a value here, and a missing key is an error.
      level =
        try container.decodeNil(forKey: .level)
        ? nil : try container.decode(Double.self, forKey: .level)
    }
  }

  struct Part: Decodable {
    let part: String
    let seconds: Double
    let low: Double
    let high: Double
  }

  struct Row: Decodable {
    let ranks: Int
    let nodes: Int
    let scaling: String
    let sync: String
    let threads: Int
    let model: String
    let batch: Int
    let drill: String?
    let runs: Int
    let trainingSeconds: Interval
    let imagesPerSecond: Interval
    let speedup: Interval?
    let efficiency: Interval?
    let ledger: [Part]
    let ledgerTotalSeconds: Double?
    let faults: [String]
  }

  struct Fit: Decodable {
    let sync: String
    let law: String?
    let refusal: String?
  }

  struct Run: Decodable {
    let file: String
    let validity: String
    let reasons: [String]
    let counts: Bool
  }

  struct Failure: Decodable, Equatable {
    let file: String
    let configuration: String
    let block: Int
    let exitCode: Int32
    let attempt: Int
  }

  let rows: [Row]
  let fits: [Fit]
  let runs: [Run]
  let failures: [Failure]
  let findings: [String]
  let blocks: Int
  let disturbedBlocks: Int
  let stoppingRule: String?
  let method: [String]

  /// The only row of a number of ranks; nil if there is none or there are several.
  func row(ranks: Int) -> Row? {
    let found = rows.filter { $0.ranks == ranks }
    return found.count == 1 ? found[0] : nil
  }
}
