#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The best speeds of the machine, with which a profile is compared.
///
/// Every array has one value for each repeat, in seconds. The threads work at the same time, each
/// on separate memory.
public struct MachineLimits: Sendable {
  /// The time to copy from one buffer to another.
  public struct Copy: Sendable {
    /// Bytes that a thread reads; it writes the same number.
    public let bytes: Int
    /// Seconds of one copy.
    public let seconds: [Double]
  }

  public let threads: Int
  /// Rows and columns of the square matrices that each thread multiplies.
  public let productSize: Int
  /// Seconds of one product by OpenBLAS; each thread computes one, single-threaded.
  public let productSeconds: [Double]
  /// A copy between buffers that are larger than the caches.
  public let memoryCopy: Copy
  /// A copy within each core's second-level cache.
  public let cacheCopy: Copy

  /// Measures all of these, each after one repeat as a warm-up.
  public static func measure(threads: Int, repeats: Int, productSize: Int = 1024) -> MachineLimits {
    BLAS.useOneThread()
    let team = WorkerTeam(count: threads)
    // Two buffers; over all threads each is twice the last-level cache, within 64 and 256 MiB.
    let large = 2 * cacheBytes(_SC_LEVEL3_CACHE_SIZE, otherwise: 32 << 20)
    let memoryBytes = min(max(large, 64 << 20), 256 << 20) / threads
    let cacheBytes = cacheBytes(_SC_LEVEL2_CACHE_SIZE, otherwise: 512 << 10) / 4
    return MachineLimits(
      threads: threads, productSize: productSize,
      productSeconds: products(team, size: productSize, repeats: repeats),
      memoryCopy: copies(team, bytes: memoryBytes, turns: 1, repeats: repeats),
      cacheCopy: copies(team, bytes: cacheBytes, turns: 2000, repeats: repeats))
  }

  private static func products(_ team: WorkerTeam, size: Int, repeats: Int) -> [Double] {
    let matrices = (0..<team.count).map { _ in
      let data = FloatBuffer(count: 3 * size * size)
      for index in 0..<(2 * size * size) { data.data[index] = Float(index % 17) / 16 - 0.5 }
      return data
    }
    return time(team, turns: 2, repeats: repeats) { member in
      let data = matrices[member].data
      func matrix(_ number: Int) -> Matrix {
        Matrix(data + number * size * size, rows: size, columns: size)
      }
      multiply(matrix(0), matrix(1), into: matrix(2))
    }
  }

  private static func copies(
    _ team: WorkerTeam, bytes: Int, turns: Int, repeats: Int
  ) -> Copy {
    let count = bytes / MemoryLayout<Float>.stride
    let buffers = (0..<team.count).map { _ in
      (FloatBuffer(count: count), FloatBuffer(count: count))
    }
    let seconds = time(team, turns: turns, repeats: repeats) { member in
      let (source, target) = buffers[member]
      memcpy(target.data, source.data, bytes)
    }
    return Copy(bytes: bytes, seconds: seconds)
  }

  /// Seconds of one turn of `work`, the mean over `turns`, for each repeat.
  private static func time(
    _ team: WorkerTeam, turns: Int, repeats: Int, _ work: (_ member: Int) -> Void
  ) -> [Double] {
    func run() -> Double {
      let start = ContinuousClock.now
      team.run { member in
        for _ in 0..<turns { work(member) }
      }
      return (.now - start) / .seconds(turns)
    }
    _ = run()
    return (0..<repeats).map { _ in run() }
  }

  private static func cacheBytes(_ name: some BinaryInteger, otherwise: Int) -> Int {
    let size = sysconf(Int32(name))
    return size > 0 ? size : otherwise
  }
}
