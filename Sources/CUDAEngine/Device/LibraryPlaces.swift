#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The file names and directories in which NVIDIA's libraries are searched.
struct LibraryPlaces {
  /// The environment variable that overrides the search.
  ///
  /// It names a directory that is searched first, or one library file that is used in place of all
  /// libraries.
  static let variable = "MNIST_MPI_CUDA"
  /// The value of that variable that hides all libraries.
  static let hidden = "none"

  let environment: [String: String]

  /// Names and paths to try for a library that has several possible file names, in this order.
  ///
  /// First the override; then the bare names, for the dynamic linker; then `$CUDA_HOME/lib64` and
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

  /// Opens the first candidate that can be opened.
  ///
  /// - Parameter open: takes a name or path, a buffer for an error message and the buffer's size;
  ///   returns whether it failed.
  /// - Throws: `DeviceUnavailable` with the message of the first candidate that exists but cannot
  ///   be used; if none exists, with the message of the first candidate.
  func find(_ names: [String], _ open: (String, UnsafeMutablePointer<CChar>, Int) -> Bool) throws {
    var messages: [String] = []
    for candidate in candidates(names) {
      let message = withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) {
        buffer -> String? in
        guard let base = buffer.baseAddress else { return nil }
        base.initialize(repeating: 0, count: buffer.count)
        return open(candidate, base, buffer.count) ? String(cString: base) : nil
      }
      guard let message else { return }
      messages.append(message)
    }
    let mostUseful = messages.first { !$0.contains("No such file") } ?? messages.first
    throw DeviceUnavailable(description: mostUseful ?? "\(names): not searched")
  }
}
