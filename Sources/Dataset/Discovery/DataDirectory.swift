import SystemSupport

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The data sets in a directory, found by the names of their files.
struct DataDirectory {
  /// A data set and its files.
  struct Found: Equatable {
    enum Format {
      /// Four files, in the order of `DataFileName.Role`.
      case idx
      /// One file.
      case npz
      /// Training files, and last the test file.
      case cifar10
    }

    /// The name of the set; empty for files with the official names.
    let name: String
    let format: Format
    let paths: [String]
  }

  /// A file whose name says its part, or an `.npz` file.
  private struct Entry {
    let file: String
    let name: DataFileName
  }

  let path: String
  private var sets: [String: [Entry]] = [:]
  private var archives: [String] = []
  /// Files of CIFAR-10's binary version.
  private var batches: [String] = []
  /// Archives that may hold data and are not read.
  private var packed: [String] = []

  /// Lists the directory at `path`.
  ///
  /// - Throws: `DatasetError` where there is none, or where it cannot be read.
  init(path: String) throws {
    self.path = path
    for file in try Self.list(path).sorted() {
      if let name = DataFileName(file) {
        sets[name.set, default: []].append(Entry(file: file, name: name))
      } else if file.lowercased().hasSuffix(".npz") {
        archives.append(file)
      } else if Self.isBatch(file) {
        batches.append(file)
      } else if [".zip", ".tar", ".tgz", ".tar.gz"].contains(where: file.lowercased().hasSuffix) {
        packed.append(file)
      }
    }
  }

  /// Whether the directory has a file that belongs to a data set.
  static func hasData(_ path: String) -> Bool {
    guard let directory = try? DataDirectory(path: path) else { return false }
    return !directory.sets.isEmpty || !directory.archives.isEmpty || !directory.batches.isEmpty
  }

  /// Returns the data set called `split`, or the only one.
  func find(split: String?) throws -> Found {
    let choice = try choose(split)
    if let archive = archives.first(where: { $0 == choice }) {
      return Found(name: archive, format: .npz, paths: [join(archive)])
    }
    if choice == Self.cifarSet { return try cifar() }
    return Found(
      name: choice, format: .idx,
      paths: try DataFileName.Role.allCases.map { try file(of: $0, in: choice) })
  }

  /// Returns the data set that the file called `name` belongs to.
  func find(with name: String) throws -> Found {
    if Self.isBatch(name) { return try cifar() }
    guard let own = DataFileName(name) else {
      throw DatasetError(
        path: join(name),
        problem: "its name does not say which part of a data set it holds; expected a name such as "
          + "\(DataFileName.Role.trainingImages.officialName), an .npz file, or a directory")
    }
    return Found(
      name: own.set, format: .idx,
      paths: try DataFileName.Role.allCases.map { role in
        role == own.role ? join(name) : try file(of: role, in: own.set, preferring: own.form)
      })
  }

  private func join(_ file: String) -> String {
    path == "." ? file : path.hasSuffix("/") ? path + file : "\(path)/\(file)"
  }

  /// The name of the set to read.
  private func choose(_ split: String?) throws -> String {
    let complete = sets.filter { Set($0.value.map(\.name.role)).count == 4 }.keys.sorted()
    // Sets with missing files are candidates where there is no complete one.
    let others = archives + (batches.isEmpty ? [] : [Self.cifarSet])
    let candidates = (complete.isEmpty && others.isEmpty ? sets.keys.sorted() : complete) + others
    if let split { return try named(split, among: Set(candidates + sets.keys).sorted()) }
    if candidates.isEmpty, let archive = packed.first {
      throw DatasetError(
        path: path, problem: "has no data set, but an archive; \(Self.command(for: join(archive)))")
    }
    guard let first = candidates.first else {
      throw DatasetError(
        path: join(DataFileName.Role.trainingImages.officialName),
        problem: "not found, under no known name, neither plain nor .gz; fetch it with "
          + "jobs/get-mnist.sh \(path)")
    }
    guard candidates.count == 1 else {
      throw DatasetError(
        path: path,
        problem:
          "has \(candidates.count) data sets: \(Self.text(candidates)); choose one with --split NAME"
      )
    }
    return first
  }

  /// The set that the user calls `split`: by its name, with or without `.npz`, or by its end after `-`.
  private func named(_ split: String, among names: [String]) throws -> String {
    let wanted = split == Self.officialSet ? "" : split.lowercased()
    if let exact = names.first(where: { [wanted, wanted + ".npz"].contains($0.lowercased()) }) {
      return exact
    }
    let ends = names.filter { $0.lowercased().hasSuffix("-\(wanted)") }
    guard ends.count == 1 else {
      throw DatasetError(
        path: path,
        problem: "has no data set \(split); "
          + (names.isEmpty ? "there is none in it" : "expected one of \(Self.text(names))"))
    }
    return ends[0]
  }

  /// What `--split` calls the files with the official names, which have no prefix.
  static let officialSet = "official"

  private static func text(_ names: [String]) -> String {
    names.map { $0.isEmpty ? officialSet : $0.printable }.joined(separator: ", ")
  }

  /// The path of the only file that holds `role` of a set.
  private func file(of role: DataFileName.Role, in set: String, preferring form: String? = nil)
    throws
    -> String
  {
    let entries = sets[set, default: []].filter { $0.name.role == role }
    guard !entries.isEmpty else {
      throw DatasetError(
        path: set.isEmpty ? join(role.officialName) : path,
        problem: set.isEmpty
          ? "not found, neither plain nor .gz; fetch it with jobs/get-mnist.sh \(path)"
          : "the set \(set.printable) has no file with \(role.text); \(DatasetError.fetchAgain)")
    }
    let same = entries.filter { $0.name.form == form }
    let files = Self.withoutDirectories(same.isEmpty ? entries : same, in: self)
    let paths = files.map { join($0.file) }
    guard files.count == 1 || Self.areOne(paths) || GzipReader.areForms(paths) else {
      throw DatasetError(
        path: path,
        problem:
          "has two files with \(role.text): \(files[0].file) and \(files[1].file); remove one")
    }
    return join(files[0].file)
  }

  /// The regular files among `entries`; all where there is none, so that the error about them is shown.
  ///
  /// Some archives unpack to folders that have the names of the files.
  private static func withoutDirectories(_ entries: [Entry], in directory: DataDirectory) -> [Entry]
  {
    let files = entries.filter { (try? FileStatus(directory.join($0.file)))?.isDirectory == false }
    return files.isEmpty ? entries : files
  }

  /// Whether all paths are names of one file.
  private static func areOne(_ paths: [String]) -> Bool {
    let identities = paths.map { (try? FileStatus($0))?.identity }
    return !identities.contains(nil) && Set(identities).count == 1
  }

  /// What to do about an archive.
  private static func command(for archive: String) -> String {
    let program = archive.lowercased().hasSuffix(".zip") ? "unzip" : "tar -xf"
    return "unpack it first: \(program) \(ShellWord.quoted(archive))"
  }

  /// Whether a name is one of CIFAR-10's binary version: `data_batch_1.bin` to `data_batch_5.bin` and
  /// `test_batch.bin`.
  static func isBatch(_ name: String) -> Bool {
    name.lowercased().wholeMatch(of: /(data_batch_[0-9]+|test_batch)\.bin(\.gz)?/) != nil
  }

  /// The name of the set of these files.
  private static let cifarSet = "cifar-10"

  private func cifar() throws -> Found {
    let isTest = { (name: String) in name.lowercased().hasPrefix("test") }
    let (training, test) = (batches.filter { !isTest($0) }, batches.filter(isTest))
    guard !training.isEmpty, test.count == 1 else {
      throw DatasetError(
        path: path,
        problem:
          "has \(training.count) files data_batch_N.bin and \(test.count) test_batch.bin of CIFAR-10; "
          + "expected five and one")
    }
    return Found(name: Self.cifarSet, format: .cifar10, paths: (training + test).map(join))
  }

  private static func list(_ path: String) throws -> [String] {
    guard let directory = opendir(path) else {
      throw DatasetError(
        path: path, problem: "cannot be listed: \(String(cString: strerror(errno)))")
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      names.append(name)
    }
    return names
  }
}
