internal import CMPI
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Memory that the ranks of one node share, with a barrier that costs less than a message.
///
/// Each rank contributes a segment, and all ranks read and write all segments (MPI 3.1, section
/// 11.2.3). Only ``barrier()`` orders the accesses of the ranks: after it, all ranks see what any
/// rank wrote before it. All ranks of the node call ``free()`` to release the window. A window that
/// is released without it, for example by a rank that failed, waits for no other rank, and its
/// memory stays allocated until the process ends.
public final class SharedWindow {
  /// The number of ranks that share the window.
  public let size: Int
  /// The rank of this process among them.
  public let rank: Int
  private var window = cmpi_win()
  /// The segments of the ranks, without the cache lines of the barrier.
  private var segments: [UnsafeMutableRawBufferPointer] = []
  /// The shared counters of barrier signals that each rank has sent.
  private var signals: [UnsafeMutablePointer<Atomic<Int>>] = []
  /// The number of barrier signals that this rank has sent.
  private var signalsSent = 0

  /// Bytes before a segment's content: the barrier signal, in cache lines that hold nothing else.
  private static let headBytes = 128
  private static let alignment = 64
  /// Number of polls of a signal before the thread yields its core.
  private static let pollsBeforeYield = 2000

  /// Makes a window with `bytes` zeroed bytes for this rank; the ranks may pass different numbers.
  ///
  /// Called by all ranks of `node`, which must be on one node (see ``Communicator/splitByNode()``).
  /// Segments begin at a cache line.
  /// - Throws: `MPIError`, also where there is not enough shared memory.
  public init(over node: Communicator, bytes: Int) throws {
    size = node.size
    rank = node.rank
    // Each rank's segment has separate pages, so that it can be in the memory nearest to the rank.
    var info = cmpi_info()
    try check(MPI_Info_create(&info.handle), "MPI_Info_create")
    try check(
      MPI_Info_set(info.handle, "alloc_shared_noncontig", "true"), "MPI_Info_set")
    var own: UnsafeMutableRawPointer?
    let whole = Self.headBytes + Self.alignment + bytes
    try check(
      MPI_Win_allocate_shared(whole, 1, info.handle, node.handle, &own, &window.handle),
      "MPI_Win_allocate_shared")
    try check(MPI_Info_free(&info.handle), "MPI_Info_free")
    try check(
      MPI_Win_set_errhandler(window.handle, cmpi_errors_return()), "MPI_Win_set_errhandler")
    try check(MPI_Win_lock_all(cmpi_mode_nocheck(), window.handle), "MPI_Win_lock_all")
    for peer in 0..<size { try query(peer) }
    segments[rank].initializeMemory(as: UInt8.self, repeating: 0)
    signals[rank].initialize(to: Atomic(0))
    try node.barrier()
  }

  private func query(_ peer: Int) throws {
    var bytes = 0
    var unit: Int32 = 0
    var base: UnsafeMutableRawPointer?
    try check(
      MPI_Win_shared_query(window.handle, Int32(peer), &bytes, &unit, &base),
      "MPI_Win_shared_query")
    guard let base else {
      throw MPIError(
        call: "MPI_Win_shared_query", code: 0, text: "no memory of rank \(peer) of the node")
    }
    // The offset of an address within its page is the same in all processes, so all processes
    // compute the same aligned address.
    let head = base.alignedUp(toMultipleOf: Self.alignment)
    signals.append(head.assumingMemoryBound(to: Atomic<Int>.self))
    segments.append(
      UnsafeMutableRawBufferPointer(
        start: head + Self.headBytes, count: bytes - Self.headBytes - (head - base)))
  }

  /// Returns the segment of a rank of the node, at its address in this process.
  ///
  /// It is at least as long as that rank requested.
  public func segment(of rank: Int) -> UnsafeMutableRawBufferPointer { segments[rank] }

  /// Waits until all ranks of the node have called it; then all see what any rank wrote before.
  ///
  /// This is the dissemination barrier (Hensgen, Finkel and Manber 1988). In round r a rank signals
  /// that it has reached the round, and waits for the signal of the rank 2^r before it. After
  /// log2(size) rounds, rounded up, each rank has received a signal from every other rank, directly
  /// or through others. A signal is one counter in the rank's own cache line.
  public func barrier() {
    var distance = 1
    while distance < size {
      signalsSent += 1
      signals[rank].pointee.store(signalsSent, ordering: .releasing)
      let peer = (rank + size - distance) % size
      var polls = 0
      while signals[peer].pointee.load(ordering: .acquiring) < signalsSent {
        polls += 1
        if polls > Self.pollsBeforeYield { sched_yield() }
      }
      distance *= 2
    }
  }

  /// Frees the memory; called by all ranks of the node, none of which may access it afterwards.
  public func free() throws {
    segments = []
    signals = []
    try check(MPI_Win_unlock_all(window.handle), "MPI_Win_unlock_all")
    try check(MPI_Win_free(&window.handle), "MPI_Win_free")
  }
}
