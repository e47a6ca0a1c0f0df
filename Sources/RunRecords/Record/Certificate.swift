/// Hashes of a run's inputs and of its weights after every epoch: proof of the work that it did.
///
/// Two runs with equal certificates started from the same weights, trained the same samples in the
/// same order, and ended with the same bits.
public struct Certificate: Codable, Equatable, Sendable {
  /// One epoch as it was carried out.
  public struct Epoch: Codable, Equatable, Sendable {
    /// Hash of the samples and their order, as trained and not as planned: 16 hexadecimal digits.
    ///
    /// Every position of the epoch is hashed together with the content (pixels and label) of the
    /// sample that a rank computed there; these hashes are summed over all positions and ranks.
    public var orderHash: String
    /// SHA-256 of the parameters in canonical order after the epoch.
    public var weightsSHA256: String

    /// Both hashes.
    public init(orderHash: String, weightsSHA256: String) {
      self.orderHash = orderHash
      self.weightsSHA256 = weightsSHA256
    }
  }

  /// SHA-256 of the data in use, as in the work.
  public var dataSHA256: String
  /// SHA-256 of the parameters in canonical order before the first step.
  public var initialWeightsSHA256: String
  /// One entry for every epoch, in order.
  public var epochs: [Epoch]

  /// All fields at once.
  public init(dataSHA256: String, initialWeightsSHA256: String, epochs: [Epoch]) {
    self.dataSHA256 = dataSHA256
    self.initialWeightsSHA256 = initialWeightsSHA256
    self.epochs = epochs
  }
}
