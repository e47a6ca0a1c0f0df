import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A team of threads that execute one job together, again and again; the caller is member 0.
///
/// A member without work first spins for a short time, because the next job of a training step
/// usually starts within microseconds, and then sleeps. `run` is always called from the same
/// thread.
final class WorkerTeam: Sendable {
  /// Number of members, the caller included.
  let count: Int
  private let shared: Shared
  private let threads: [ThreadHandle]

  /// Iterations of a waiting loop before a member yields its core, and before it sleeps.
  private static let turnsBeforeYield = 2000
  private static let turnsBeforeSleep = 2200

  private struct ThreadHandle: @unchecked Sendable {
    let thread: pthread_t
  }

  /// The state that all members share.
  ///
  /// The caller writes `job` before it increments `round`. Members read `job` after they have read
  /// the new `round`. The atomics order the two accesses.
  private final class Shared: @unchecked Sendable {
    var job: ((Int) -> Void)?
    let round = Atomic<Int>(0)
    let unfinished = Atomic<Int>(0)
    let sleepers = Atomic<Int>(0)
    let isEnding = Atomic<Bool>(false)
    let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    let wake = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
      pthread_mutex_init(mutex, nil)
      pthread_cond_init(wake, nil)
    }

    deinit {
      pthread_mutex_destroy(mutex)
      pthread_cond_destroy(wake)
      mutex.deallocate()
      wake.deallocate()
    }
  }

  /// The argument of a new thread.
  private final class Start {
    let shared: Shared
    let member: Int
    init(_ shared: Shared, _ member: Int) {
      self.shared = shared
      self.member = member
    }
  }

  /// Creates a team of `count` members and starts `count - 1` threads.
  init(count: Int) {
    precondition(count > 0, "a team of \(count)")
    self.count = count
    let shared = Shared()
    self.shared = shared
    threads = (1..<max(count, 1)).map { member in
      var thread = pthread_t()
      let start = Unmanaged.passRetained(Start(shared, member))
      let status = pthread_create(
        &thread, nil,
        { argument in
          guard let argument else { return nil }
          let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
          WorkerTeam.work(start.shared, member: start.member)
          return nil
        }, start.toOpaque())
      precondition(status == 0, "no thread could be started (\(status))")
      return ThreadHandle(thread: thread)
    }
  }

  deinit {
    shared.isEnding.store(true, ordering: .sequentiallyConsistent)
    Self.begin(shared)
    for handle in threads { pthread_join(handle.thread, nil) }
  }

  /// Runs `job` on all members at once, each with its number; returns when all are done.
  func run(_ job: (_ member: Int) -> Void) {
    guard count > 1 else { return job(0) }
    withoutActuallyEscaping(job) { job in
      shared.job = job
      shared.unfinished.store(count - 1, ordering: .relaxed)
      Self.begin(shared)
      job(0)
      var turns = 0
      while shared.unfinished.load(ordering: .acquiring) > 0 {
        turns += 1
        if turns > Self.turnsBeforeYield { sched_yield() }
      }
      shared.job = nil
    }
  }

  /// Starts the next round and wakes the members that sleep.
  private static func begin(_ shared: Shared) {
    shared.round.wrappingAdd(1, ordering: .sequentiallyConsistent)
    // A member increments `sleepers` before it reads `round` for the last time. So either the
    // caller sees that it sleeps, or the member sees the new round: no member misses a round.
    if shared.sleepers.load(ordering: .sequentiallyConsistent) > 0 {
      pthread_mutex_lock(shared.mutex)
      pthread_cond_broadcast(shared.wake)
      pthread_mutex_unlock(shared.mutex)
    }
  }

  /// The loop of a started thread: waits for a round, runs the job, reports that it is done.
  private static func work(_ shared: Shared, member: Int) {
    var seen = 0
    while true {
      wait(shared, after: seen)
      seen += 1
      if shared.isEnding.load(ordering: .sequentiallyConsistent) { return }
      shared.job?(member)
      shared.unfinished.wrappingSubtract(1, ordering: .acquiringAndReleasing)
    }
  }

  /// Waits until `round` differs from `seen`: spins, then yields the core, then sleeps.
  private static func wait(_ shared: Shared, after seen: Int) {
    for turn in 0..<turnsBeforeSleep {
      if shared.round.load(ordering: .acquiring) != seen { return }
      if turn > turnsBeforeYield { sched_yield() }
    }
    pthread_mutex_lock(shared.mutex)
    shared.sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
    while shared.round.load(ordering: .sequentiallyConsistent) == seen {
      pthread_cond_wait(shared.wake, shared.mutex)
    }
    shared.sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(shared.mutex)
  }
}
