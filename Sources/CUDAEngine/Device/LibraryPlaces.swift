#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Where NVIDIA's libraries are searched.
struct LibraryPlaces {
  /// The variable that overrides the search: a directory that is searched first, or one library that is
  /// taken for all.
  static let variable = "MNIST_MPI_CUDA"

  let environment: [String: String]

  /// Names and paths to try for a library that goes by several names, the best first.
  ///
  /// The override; then the bare names, for the dynamic linker; then `$CUDA_HOME/lib64` and
  /// `/usr/local/cuda/lib64`.
  func candidates(_ names: [String]) -> [String] {
    var directories = ["/usr/local/cuda/lib64"]
    if let home = environment["CUDA_HOME"], !home.isEmpty {
      directories.insert("\(home)/lib64", at: 0)
    }
    func paths(_ directory: String) -> [String] { names.map { "\(directory)/\($0)" } }
    let usual = names + directories.flatMap(paths)
    guard let override = environment[Self.variable], !override.isEmpty else { return usual }
    return Self.isDirectory(override) ? paths(override) + usual : [override]
  }

  private static func isDirectory(_ path: String) -> Bool {
    var information = stat()
    return stat(path, &information) == 0 && information.st_mode & S_IFMT == S_IFDIR
  }

  /// The first candidate that `open` can open, or what the most telling of all said.
  ///
  /// - Parameter open: takes a name or path, and room for a message; returns whether it failed.
  /// - Throws: `DeviceUnavailable` with the message of the first candidate that is there but cannot be
  ///   used, else of the first one.
  func find(_ names: [String], _ open: (String, UnsafeMutablePointer<CChar>, Int) -> Bool) throws {
    var messages: [String] = []
    for candidate in candidates(names) {
      let message = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) {
        room -> String? in
        guard let base = room.baseAddress else { return nil }
        base.initialize(repeating: 0, count: room.count)
        return open(candidate, base, room.count) ? String(cString: base) : nil
      }
      guard let message else { return }
      messages.append(message)
    }
    let telling = messages.first { !$0.contains("No such file") } ?? messages.first
    throw DeviceUnavailable(description: telling ?? "\(names): not searched")
  }
}
