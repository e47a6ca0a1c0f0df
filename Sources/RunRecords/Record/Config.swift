/// The configuration of a run, in the terms of the command line.
public struct Config: Codable, Equatable, Sendable {
  public var scaling: Scaling
  /// Samples per step over all ranks; under weak scaling `batchPerRank` times the number of ranks.
  public var globalBatch: Int
  /// Samples per step on each rank; absent under strong scaling.
  public var batchPerRank: Int?
  public var model: String
  public var epochs: Int
  public var seed: UInt64
  public var threadsPerRank: Int
  /// The kind of device: `cpu` or `cuda`.
  public var device: String
  /// The name of the data in outputs: their directory, or `synthetic`.
  public var data: String
  public var syntheticData: Bool
  /// Algorithm of the 3 x 3 convolutions on a CPU: `auto`, `winograd` or `im2col`; absent on a GPU.
  public var convolution: String?
  /// Gradient exchange method: `allreduce`, `node` or `cuda-aware`.
  ///
  /// Absent in older records, from when `allreduce` was the only method.
  public var sync: String?
  /// Bytes of a bucket, where buckets were exchanged during the backward pass.
  ///
  /// Absent if all gradients were exchanged after the backward pass.
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
