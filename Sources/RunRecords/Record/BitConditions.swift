/// What changes the bits of a training of one work: the numbers are summed in another order or by other
/// instructions.
///
/// A run that goes on from a checkpoint ends with the same bits as one that was never stopped only if
/// these are the same. Those that do not matter in the reproducible mode are nil there.
public struct BitConditions: Codable, Equatable, Sendable {
  public var ranks: Int?
  public var threadsPerRank: Int?
  /// Gradient exchange method: `allreduce`, `node` or `cuda-aware`.
  public var sync: String?
  /// Gradients that are exchanged in one call during the backward pass; nil also for all in one call.
  public var bucket: Int?
  /// Leaves of the reproducible mode; nil in the fast mode.
  public var leaves: Int?
  /// The kind of device, and the model of a GPU.
  public var device: String
  /// Algorithm of the 3 x 3 convolutions on a CPU; nil on a GPU.
  public var convolution: String?
  public var blas: String
  /// The kernel that the BLAS library chose for this CPU.
  public var blasKernel: String
  /// The MPI library with its version.
  public var mpi: String?

  /// All fields at once.
  public init(
    ranks: Int?, threadsPerRank: Int?, sync: String?, bucket: Int?, leaves: Int?, device: String,
    convolution: String?, blas: String, blasKernel: String, mpi: String?
  ) {
    self.ranks = ranks
    self.threadsPerRank = threadsPerRank
    self.sync = sync
    self.bucket = bucket
    self.leaves = leaves
    self.device = device
    self.convolution = convolution
    self.blas = blas
    self.blasKernel = blasKernel
    self.mpi = mpi
  }

  /// Lists the fields that differ, with both values: `ranks: 4 against 2`.
  public func differences(from other: BitConditions) -> [String] {
    FieldDifferences.between(self, other)
  }
}
