import RunRecords
import Statistics

extension ReportJSON {
  /// One law fitted to one exchange method of one work, or the reason why none is.
  struct Fit: Encodable {
    /// A measured minus a fitted time.
    struct Residual: Encodable {
      let ranks: Int
      let seconds: Double
    }

    let model: String
    let scaling: Scaling
    let batch: Int
    let workHash: String
    let sync: String
    let threads: Int
    let leaves: OrNull<Int>
    /// `amdahl`, `usl` or `logarithmic`; null for a refusal.
    let law: OrNull<String>
    let refusal: OrNull<String>
    let parameters: [String: Double]
    let residuals: [Residual]
    /// The rank count from which more ranks stop paying; null if they always pay.
    let stopsPayingAtRanks: OrNull<Double>

    /// One entry for each law; one for a refusal.
    static func list(_ fit: StudyFit, work: Place) -> [Fit] {
      guard fit.refusal == nil else { return [Fit(fit, work)] }
      return [
        fit.amdahl.map { law in
          Fit(
            fit, work, law: "amdahl",
            ["oneRankSeconds": law.oneRankSeconds, "serialShare": law.serialShare],
            law.residuals)
        },
        fit.usl.map { law in
          Fit(
            fit, work, law: "usl",
            [
              "oneRankSeconds": law.oneRankSeconds, "contention": law.contention,
              "coherency": law.coherency,
            ], law.residuals, stopsAt: law.peakRanks)
        },
        fit.logarithmic.map { law in
          Fit(
            fit, work, law: "logarithmic",
            [
              "constant": law.constant, "parallel": law.parallel, "logarithmic": law.logarithmic,
            ], law.residuals, stopsAt: law.cheapestRanks)
        },
      ].compactMap { $0 }
    }

    private init(
      _ fit: StudyFit, _ work: Place, law: String? = nil, _ parameters: [String: Double] = [:],
      _ residuals: [Double] = [], stopsAt: Double? = nil
    ) {
      model = work.model
      scaling = work.scaling
      batch = work.batch
      workHash = work.workHash
      sync = fit.sync
      threads = fit.threads
      leaves = OrNull(fit.leaves)
      self.law = OrNull(law)
      refusal = OrNull(fit.refusal)
      self.parameters = parameters
      self.residuals = zip(fit.ranks, residuals).map { Residual(ranks: $0, seconds: $1) }
      stopsPayingAtRanks = OrNull(stopsAt)
    }
  }
}
