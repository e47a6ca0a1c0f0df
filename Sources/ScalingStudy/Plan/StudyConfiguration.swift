public import RunRecords

/// One configuration of a study: everything that distinguishes its runs from those of another.
public struct StudyConfiguration: Codable, Hashable, Sendable {
  public var ranks: Int
  /// Threads of each rank.
  public var threads: Int
  /// `cnn`, `mlp` or a list of layers; in lower case, without spaces.
  public var model: String
  /// Gradient exchange method: `allreduce`, `node` or `cuda-aware`; one rank has `allreduce`.
  public var sync: String
  public var scaling: Scaling
  /// The global batch under strong scaling, the local batch under weak scaling.
  public var batch: Int
  /// Whether this is the one-rank run at the local batch of a strong run with more ranks.
  ///
  /// Only the loss ledger uses it. A study that also has the baseline of this batch has no such
  /// run, because the baseline is the same.
  public var isLocalBatchRun: Bool

  /// All fields at once; spaces and upper case of `model` are ignored.
  public init(
    ranks: Int, threads: Int = 1, model: String = "cnn", sync: String = "allreduce",
    scaling: Scaling = .strong, batch: Int = 64, isLocalBatchRun: Bool = false
  ) {
    self.ranks = ranks
    self.threads = threads
    self.model = Self.normalized(model: model)
    self.sync = sync
    self.scaling = scaling
    self.batch = batch
    self.isLocalBatchRun = isLocalBatchRun
  }

  /// Samples per step over all ranks.
  public var globalBatch: Int { scaling == .strong ? batch : batch * ranks }

  /// Samples per step on each rank; rounded down where a global batch is uneven over the ranks.
  public var localBatch: Int { scaling == .strong ? batch / ranks : batch }

  /// The one-rank configuration with which this one is compared; itself for one rank.
  public var baseline: StudyConfiguration {
    StudyConfiguration(ranks: 1, threads: threads, model: model, scaling: scaling, batch: batch)
  }

  /// The one-rank run at the local batch of this configuration; nil for one rank and weak scaling.
  ///
  /// Under weak scaling the baseline has the local batch already.
  public var localBatchRun: StudyConfiguration? {
    guard scaling == .strong, ranks > 1 else { return nil }
    return StudyConfiguration(
      ranks: 1, threads: threads, model: model, batch: localBatch, isLocalBatchRun: true)
  }

  /// The name of the configuration, the same in every program and fit for a file name.
  ///
  /// Such as `cnn-strong-b64-np2-t1-node`, or `cnn-local-b32-np1-t1` for a run at the local batch.
  /// A list of layers is its first 20 characters, with `_` for `:` and `,`, and its FNV-1a hash.
  public var key: String {
    let kind = isLocalBatchRun ? "local" : scaling.rawValue
    let method = isLocalBatchRun ? "" : "-\(Self.fileName(of: sync))"
    return "\(Self.fileName(of: model))-\(kind)-b\(batch)-np\(ranks)-t\(threads)\(method)"
  }

  /// The text of a model without spaces and in lower case, as `train` reads it.
  static func normalized(model: String) -> String {
    model.lowercased().filter { !$0.isWhitespace }
  }

  /// The text if it is a short word, else its first characters and a hash of all of it.
  private static func fileName(of text: String) -> String {
    func isPlain(_ character: Character) -> Bool {
      character.isASCII && (character.isLowercase || character.isNumber)
    }
    if !text.isEmpty, text.count <= 20, text.allSatisfy({ isPlain($0) || $0 == "-" }) {
      return text
    }
    let hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325 as UInt64) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    let digits = String(hash, radix: 16)
    return String(text.prefix(20).map { isPlain($0) ? $0 : "_" }) + "-"
      + String(repeating: "0", count: 16 - digits.count) + digits
  }
}
