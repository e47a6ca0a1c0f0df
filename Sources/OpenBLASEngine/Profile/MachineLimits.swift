internal import VectorKernels

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
  /// The instruction set of the kernels, such as `AVX-512`.
  public let instructionSet: String
  /// Clock rate in GHz while one thread computes, one value for each repeat.
  public let clock: [Double]
  /// Multiplications and additions of each thread in `multiplyAddSeconds`.
  public let multiplyAddOperations: Int
  /// Seconds of independent multiply-adds in registers: what no product can exceed.
  public let multiplyAddSeconds: [Double]
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
    let (operations, seconds) = multiplyAdds(team, repeats: repeats)
    return MachineLimits(
      threads: threads, instructionSet: String(cString: vk_instruction_set()),
      clock: clock(repeats: repeats), multiplyAddOperations: operations,
      multiplyAddSeconds: seconds, productSize: productSize,
      productSeconds: products(team, size: productSize, repeats: repeats),
      memoryCopy: copies(team, bytes: memoryBytes, turns: 1, repeats: repeats),
      cacheCopy: copies(team, bytes: cacheBytes, turns: 2000, repeats: repeats))
  }

  /// The operations of a thread, and the seconds of each repeat, with the number of independent sums
  /// that is fastest on this processor.
  private static func multiplyAdds(
    _ team: WorkerTeam, repeats: Int
  ) -> (operations: Int, seconds: [Double]) {
    let updates = 4_000_000
    let numbers = (0..<team.count).map { _ in FloatBuffer(count: 32) }
    let trials = [3, 6, Int(VK_MOST_SUMS)].map { count in
      time(team, turns: 1, repeats: repeats) { member in
        for index in 0..<32 { numbers[member].data[index] = index < 16 ? 0.5 : 1e-3 }
        vk_multiply_add(Int32(count), updates / count, numbers[member].data)
      }
    }
    let fastest = trials.min { ($0.min() ?? 0) < ($1.min() ?? 0) } ?? []
    return (updates * 32, fastest)
  }

  private static func clock(repeats: Int) -> [Double] {
    let turns = 2_000_000
    var value: UInt64 = 88_172_645_463_325_252
    return (0..<repeats).map { _ in
      let start = ContinuousClock.now
      value = vk_dependent_steps(turns, value)
      return 6e-9 / ((.now - start) / .seconds(turns))
    }
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
