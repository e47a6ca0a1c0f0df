/// The definition of a run's work: data, model, batch, limits, seed and optimizer.
///
/// It holds nothing about the execution (ranks, threads, machine). Two runs are comparable only if
/// their works are equal. A field added here is hashed, compared and listed in differences without
/// further code.
public struct Work: Codable, Hashable, Sendable {
  public var dataSHA256: String
  public var trainingSamples: Int
  public var testSamples: Int
  public var classes: Int
  public var imageHeight: Int
  public var imageWidth: Int
  /// Channels of an image; nil for 1.
  public var imageChannels: Int?
  /// The canonical text of the model.
  public var model: String
  public var parameters: Int
  /// Samples per step over all ranks (strong scaling); exactly one of the two batches is set.
  public var globalBatch: Int?
  /// Samples per step and rank (weak scaling).
  public var batchPerRank: Int?
  public var epochs: Int
  /// Limit of the steps in total.
  public var steps: Int?
  /// Test accuracy, a fraction, at which training stops.
  public var targetAccuracy: Double?
  public var seed: UInt64
  /// SHA-256 of the weights of `--init`; nil for initial weights that follow from the seed.
  public var initialWeightsSHA256: String?
  /// The largest shift of training images in pixels; nil without.
  public var shift: Int?
  public var optimizer: Optimizer
  public var virtualShards: Int
  /// Of the first channel.
  public var normalisation: Normalisation
  /// Of all channels; nil for one channel.
  public var channelNormalisations: [Normalisation]?
  public var precision: String

  /// All fields at once; a field that the run did not set is nil.
  public init(
    dataSHA256: String, trainingSamples: Int, testSamples: Int, classes: Int, imageHeight: Int,
    imageWidth: Int, imageChannels: Int? = nil, model: String, parameters: Int,
    globalBatch: Int? = nil,
    batchPerRank: Int? = nil, epochs: Int, steps: Int? = nil, targetAccuracy: Double? = nil,
    seed: UInt64, initialWeightsSHA256: String? = nil, shift: Int? = nil, optimizer: Optimizer,
    virtualShards: Int, normalisation: Normalisation,
    channelNormalisations: [Normalisation]? = nil, precision: String
  ) {
    self.dataSHA256 = dataSHA256
    self.trainingSamples = trainingSamples
    self.testSamples = testSamples
    self.classes = classes
    self.imageHeight = imageHeight
    self.imageWidth = imageWidth
    self.imageChannels = imageChannels
    self.model = model
    self.parameters = parameters
    self.globalBatch = globalBatch
    self.batchPerRank = batchPerRank
    self.epochs = epochs
    self.steps = steps
    self.targetAccuracy = targetAccuracy
    self.seed = seed
    self.initialWeightsSHA256 = initialWeightsSHA256
    self.shift = shift
    self.optimizer = optimizer
    self.virtualShards = virtualShards
    self.normalisation = normalisation
    self.channelNormalisations = channelNormalisations
    self.precision = precision
  }
}
