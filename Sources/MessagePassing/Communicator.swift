internal import CMPI

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// A group of ranks that exchange messages among themselves.
///
/// All ranks of the communicator call its collectives in the same order, with matching counts. The
/// class is not `Sendable`: below ``ThreadLevel/serialized``, only the thread that entered
/// ``Environment`` may call MPI. Communicators made by a split are freed with their last reference.
public final class Communicator {
  /// The number of this process within the communicator, `0..<size`.
  public let rank: Int

  /// The number of ranks.
  public let size: Int

  /// The largest count and displacement in one MPI call; larger transfers are split.
  package let countLimit: Int

  let handle: MPI_Comm
  private let ownership: Ownership
  private let calls: CallCount

  /// The number of MPI collectives that this rank has called.
  ///
  /// It covers this communicator and all others that were derived from the same world. The
  /// creation of communicators is not counted.
  package var collectiveCalls: Int { calls.collectives }

  /// A counter that several communicators share.
  final class CallCount {
    var collectives = 0
  }

  enum Ownership {
    /// The handle belongs to the MPI library and is never freed here.
    case borrowed
    /// The handle is freed with this object.
    case owned
    /// The handle belongs to another object, which is kept alive.
    case shared(Communicator)
  }

  init(
    handle: MPI_Comm, ownership: Ownership, countLimit: Int = Int(Int32.max),
    calls: CallCount = CallCount()
  ) throws {
    // The first call, because the default error handler of MPI_COMM_WORLD would end the program.
    try check(MPI_Comm_set_errhandler(handle, cmpi_errors_return()), "MPI_Comm_set_errhandler")
    var rank: Int32 = 0
    var size: Int32 = 0
    try check(MPI_Comm_rank(handle, &rank), "MPI_Comm_rank")
    try check(MPI_Comm_size(handle, &size), "MPI_Comm_size")
    self.handle = handle
    self.ownership = ownership
    self.calls = calls
    self.countLimit = countLimit
    self.rank = Int(rank)
    self.size = Int(size)
  }

  deinit {
    guard case .owned = ownership else { return }
    var finalized: Int32 = 0
    guard MPI_Finalized(&finalized) == cmpi_success(), finalized == 0 else { return }
    var comm = cmpi_comm(handle: handle)
    MPI_Comm_free(&comm.handle)
  }

  /// Whether this is rank 0, the root: the rank that reads files and prints.
  public var isRoot: Bool { rank == 0 }

  /// The name of this host, as reported by MPI.
  public var processorName: String { Self.processorName }

  /// The name of this host, as reported by MPI.
  public static var processorName: String {
    libraryString(capacity: cmpi_max_processor_name()) { MPI_Get_processor_name($0, $1) }
      ?? "unknown host"
  }

  /// Counts a collective call and throws an ``MPIError`` unless it succeeded.
  @inline(__always)
  func collective(_ code: Int32, _ call: String) throws {
    calls.collectives += 1
    try check(code, call)
  }

  /// Waits until all ranks have called this method.
  public func barrier() throws {
    try collective(MPI_Barrier(handle), "MPI_Barrier")
  }

  /// Returns the communicator of all ranks that pass the same `color` (0 or more).
  ///
  /// Its ranks are ordered by `key` and then by the rank in this communicator. Called by all ranks.
  public func split(color: Int, key: Int) throws -> Communicator {
    precondition(color >= 0, "the color \(color) of a split is negative")
    var part = cmpi_comm()
    try check(
      MPI_Comm_split(handle, Int32(clamping: color), Int32(clamping: key), &part.handle),
      "MPI_Comm_split")
    return try Communicator(
      handle: part.handle, ownership: .owned, countLimit: countLimit, calls: calls)
  }

  /// Returns the communicator of the ranks that share memory with this rank.
  ///
  /// Its ranks are in the order of this communicator. Called by all ranks.
  public func splitByNode() throws -> Communicator {
    var part = cmpi_comm()
    try check(
      MPI_Comm_split_type(
        handle, cmpi_comm_type_shared(), Int32(rank), cmpi_info_null(), &part.handle),
      "MPI_Comm_split_type")
    return try Communicator(
      handle: part.handle, ownership: .owned, countLimit: countLimit, calls: calls)
  }

  /// Ends all ranks at once with the exit code `code`; called by any one rank.
  ///
  /// Hydra ends when it is told of the abort, and loses output that it has not read by then. So the
  /// rank waits for a moment after its last output, long enough also on a busy machine.
  public func abort(code: Int32) -> Never {
    fflush(nil)
    if LaunchEnvironment.current.isHydra { usleep(300_000) }
    MPI_Abort(handle, code)
    exit(code)
  }

  /// Returns this communicator with a lower limit for counts; for tests.
  ///
  /// With it, small messages take the code paths of large ones. All ranks pass the same `limit`.
  package func withCountLimit(_ limit: Int) throws -> Communicator {
    precondition(1...Int(Int32.max) ~= limit, "a count limit of \(limit)")
    return try Communicator(
      handle: handle, ownership: .shared(self), countLimit: limit, calls: calls)
  }
}
