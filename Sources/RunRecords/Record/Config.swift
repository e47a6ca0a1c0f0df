/// How a run was configured, in the words of the command line.
public struct Config: Codable, Equatable, Sendable {
  public var scaling: Scaling
  /// Samples per step over all ranks, worked out under weak scaling.
  public var globalBatch: Int
  public var batchPerRank: Int?
  public var model: String
  public var epochs: Int
  public var seed: UInt64
  public var threadsPerRank: Int
  /// The kind of device: `cpu`.
  public var device: String
  /// A name for people: the directory of the data, or `synthetic`.
  public var data: String
  public var syntheticData: Bool
  /// How 3 x 3 convolutions were computed: `auto`, `winograd` or `im2col`.
  public var convolution: String?
  /// How gradients came together: `allreduce`, `node` or `cuda-aware`; absent in older records, which
  /// knew `allreduce` alone.
  public var sync: String?
  /// Bytes of gradients that were exchanged at a time, during the backward pass; absent where all were
  /// exchanged after it.
  public var bucketBytes: Int?
  /// Leaves of the reproducible mode; absent in the fast mode.
  public var leaves: Int?

  /// All fields at once.
  public init(
    scaling: Scaling, globalBatch: Int, batchPerRank: Int? = nil, model: String, epochs: Int,
    seed: UInt64, threadsPerRank: Int, device: String, data: String, syntheticData: Bool,
    convolution: String? = nil, sync: String? = nil,
    bucketBytes: Int? = nil, leaves: Int? = nil
  ) {
    self.scaling = scaling
    self.globalBatch = globalBatch
    self.batchPerRank = batchPerRank
    self.model = model
    self.epochs = epochs
    self.seed = seed
    self.threadsPerRank = threadsPerRank
    self.device = device
    self.data = data
    self.syntheticData = syntheticData
    self.convolution = convolution
    self.sync = sync
    self.bucketBytes = bucketBytes
    self.leaves = leaves
  }
}
