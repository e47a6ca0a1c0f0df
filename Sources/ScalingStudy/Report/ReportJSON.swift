import RunRecords
import ScalingComparison
import ScalingProjection
import Statistics

/// A report as a value that is encoded as JSON; numbers are unrounded.
struct ReportJSON: Encodable {
  let rows: [Row]
  let fits: [Fit]
  let comparisons: [Comparison]
  let runs: [Run]
  let failures: [StudyFailure]
  let findings: [String]
  let blocks: Int
  let disturbedBlocks: Int
  let stoppingRule: OrNull<String>
  let method: [String]
  /// As their files have them.
  let projections: [Projection]

  init(_ report: StudyReport) {
    let analysis = report.analysis
    rows = analysis.works.flatMap { work in work.rows.map { Row($0, of: work) } }
    fits = analysis.works.flatMap { work in
      work.fits.flatMap { Fit.list($0, work: Place(work)) }
    }
    comparisons = analysis.works.flatMap { work in
      work.comparisons.map { Comparison(work: Place(work), comparison: $0) }
    }
    runs = analysis.runs.map(Run.init)
    failures = report.failures
    findings = report.findings
    blocks = analysis.blocks
    disturbedBlocks = analysis.disturbedBlocks
    stoppingRule = OrNull(report.end?.text)
    method = Method.sentences
    projections = report.projections
  }

  /// A value, or null: the key is never absent.
  struct OrNull<Value: Encodable>: Encodable {
    let value: Value?

    init(_ value: Value?) { self.value = value }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      if let value { try container.encode(value) } else { try container.encodeNil() }
    }
  }

  /// The work that a row, a fit or a comparison belongs to.
  struct Place: Encodable {
    let model: String
    let scaling: Scaling
    /// The global batch under strong scaling, the local batch under weak scaling.
    let batch: Int
    let workHash: String

    init(_ work: StudyWork) {
      model = work.model
      scaling = work.scaling
      batch = work.batch
      workHash = work.example.workHash
    }
  }
}
