import RunRecords
import ScalingComparison

/// The notes on records with equal certificates, and on records without certificates.
let proved = "same work: proved (weights 3f9c1b2a… equal after every epoch)"
let uncertified = "same work: not certified (a record without a certificate)"
/// The last note of a row of one run.
let singleRun = "1 run: no interval"

/// The row for a number of ranks in a comparison of the given records.
func row(_ ranks: Int, of records: [RunRecord]) throws -> ComparisonRow {
  let rows = Comparison(records: records).groups.flatMap(\.rows)
  guard let row = rows.first(where: { $0.ranks == ranks }) else {
    throw Missing(what: "row of \(ranks) ranks")
  }
  return row
}

struct Missing: Error {
  let what: String
}
