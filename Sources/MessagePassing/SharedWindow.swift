internal import CMPI
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// Memory that the ranks of one node share: each rank brings a segment, all read and write all of
/// them (MPI 3.1, section 11.2.3), and a barrier that costs less than a message.
///
/// Nothing but ``barrier()`` orders the ranks' accesses: what one rank wrote before it, all see after
/// it. Whoever made a window calls ``free()`` where all ranks get there; a window that is merely
/// dropped, as by a rank that fails, waits for nobody and leaves its memory to the end of the process.
public final class SharedWindow {
  /// Ranks that share the window.
  public let size: Int
  /// This process among them.
  public let rank: Int
  private var window = cmpi_win()
  /// The ranks' segments, without the line of the barrier.
  private var segments: [UnsafeMutableRawBufferPointer] = []
  /// For each rank how many barrier signals it has given.
  private var signals: [UnsafeMutablePointer<Atomic<Int>>] = []
  private var given = 0

  /// Bytes before a segment's content: the barrier's signal, alone in its cache lines.
  private static let headBytes = 128
  private static let alignment = 64
  /// Looks at a signal before the core is given away.
  private static let looksBeforeYield = 2000

  /// Makes a window of `bytes` zeroed bytes for this rank; the ranks may ask for different numbers.
  ///
  /// Called by all ranks of `node`, which must be on one node (see ``Communicator/splitByNode()``).
  /// Segments begin at a cache line.
  /// - Throws: `MPIError`, also where there is no room for shared memory.
  public init(over node: Communicator, bytes: Int) throws {
    size = node.size
    rank = node.rank
    // A segment of its own pages for each rank, in the memory nearest to it.
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
    // Pages lie at the same place in a page in all processes, so all align alike.
    let head = base.alignedUp(toMultipleOf: Self.alignment)
    signals.append(head.assumingMemoryBound(to: Atomic<Int>.self))
    segments.append(
      UnsafeMutableRawBufferPointer(
        start: head + Self.headBytes, count: bytes - Self.headBytes - (head - base)))
  }

  /// The segment of a rank of the node, in this process's addresses; at least as long as that rank
  /// asked for.
  public func segment(of rank: Int) -> UnsafeMutableRawBufferPointer { segments[rank] }

  /// Waits until all ranks of the node have called it; then all see what any of them wrote before.
  ///
  /// The dissemination barrier (Hensgen, Finkel and Manber 1988): in round r a rank signals that it
  /// has come so far and waits for the rank 2^r before it, so that after log2(size) rounds each has
  /// heard of all. A signal is one number in the rank's own cache line.
  public func barrier() {
    var distance = 1
    while distance < size {
      given += 1
      signals[rank].pointee.store(given, ordering: .releasing)
      let peer = (rank + size - distance) % size
      var looks = 0
      while signals[peer].pointee.load(ordering: .acquiring) < given {
        looks += 1
        if looks > Self.looksBeforeYield { sched_yield() }
      }
      distance *= 2
    }
  }

  /// Gives the memory back; called by all ranks of the node, which no longer touch it.
  public func free() throws {
    segments = []
    signals = []
    try check(MPI_Win_unlock_all(window.handle), "MPI_Win_unlock_all")
    try check(MPI_Win_free(&window.handle), "MPI_Win_free")
  }
}
