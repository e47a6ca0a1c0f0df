import FoundationEssentials
import RunRecords
import SystemSupport
internal import Yams

extension StudyPlan {
  /// Reads the plan of a YAML file.
  ///
  /// - Throws: `StudyError` as `init(yaml:path:)` does, or if the file cannot be read.
  public init(file path: String) throws(StudyError) {
    let data: Data
    do throws(FileError) {
      data = try SafeFile.read(path)
    } catch {
      throw StudyError("\(error.description); name a file with a plan in YAML")
    }
    guard let text = String(validating: data, as: UTF8.self) else {
      throw StudyError("\(path): not a text in UTF-8; name a file with a plan in YAML")
    }
    try self.init(yaml: text, path: path)
  }

  /// Reads a plan from YAML.
  ///
  /// Where a list is expected, a single value is accepted. If there are `runs` and no `ranks`, the
  /// factors are not multiplied out, and only the runs are made.
  /// - Parameter path: the name of the file, for errors.
  /// - Throws: `StudyError` naming the file and line, the key and its value, what was expected and
  ///   what to do: for a text that is no YAML, an unknown key, and each value that cannot be used.
  public init(yaml: String, path: String) throws(StudyError) {
    let root = try PlanText.root(of: yaml, path: path)
    var lines: [String: Int] = [:]
    do throws(PlanFault) {
      let reader = try PlanReader(root, keys: PlanKey.allCases)
      lines = reader.lines
      try self.init(reader, &lines)
      _ = try checkedConfigurations()
      runs = Self.unique(runs)
    } catch {
      throw error.error(path: path, lines: lines)
    }
  }

  /// Reads the values; a key that is missing has its default.
  private init(_ reader: PlanReader, _ lines: inout [String: Int]) throws(PlanFault) {
    self.init()
    let hasFactors = reader.has(.ranks) || !reader.has(.runs)
    ranks = hasFactors ? Self.unique(try reader.list(.ranks, Self.integer) ?? ranks) : []
    scalings = Self.unique(try reader.list(.scaling, Scaling.init(rawValue:)) ?? scalings)
    syncs = Self.unique(try reader.list(.sync) { $0 } ?? syncs)
    threads = Self.unique(try reader.list(.threads, Self.integer) ?? threads)
    models = Self.unique(try reader.list(.model, StudyConfiguration.normalized) ?? models)
    batches = Self.unique(try reader.list(.batch, Self.integer) ?? batches)
    if !hasFactors { try checkDefaults() }
    repeats = try reader.single(.repeats, Self.integer) ?? repeats
    maxRepeats = try reader.single(.maxRepeats, Self.integer) ?? max(maxRepeats, repeats)
    until = try reader.single(.until, Self.percentage)
    minSeconds =
      try reader.single(.minSeconds) { text in
        Double(text).flatMap { Self.isDuration($0) ? $0 : nil }
      } ?? minSeconds
    seed = try reader.single(.seed) { UInt64($0) } ?? seed
    options = try Self.options(reader)
    for (index, node) in (try reader.elements(.runs) ?? []).enumerated() {
      let run = try PlanReader(node, keys: PlanKey.ofRun, prefix: "run \(index + 1): ")
      lines.merge(run.lines) { old, _ in old }
      runs.append(try configuration(run))
    }
    if runs.isEmpty && reader.has(.runs) { throw reader.missing(.runs) }
  }

  /// Checks that a plan of runs alone has no list of factors, which nothing would use.
  private func checkDefaults() throws(PlanFault) {
    let counts: [(PlanKey, Int)] = [
      (.scaling, scalings.count), (.sync, syncs.count), (.threads, threads.count),
      (.model, models.count), (.batch, batches.count),
    ]
    for (key, count) in counts where count > 1 {
      throw PlanFault(
        key.rawValue,
        problem: "\(count) values, but without ranks no factors are multiplied out: expected one, "
          + "for runs that do not give it; add ranks or give each run its own")
    }
  }

  /// An explicit run; a key that is missing has the plan's value, if there is only one.
  private func configuration(_ run: PlanReader) throws(PlanFault) -> StudyConfiguration {
    func value<Value>(
      _ key: PlanKey, _ known: [Value], _ parse: (String) -> Value?
    ) throws(PlanFault) -> Value {
      if let value = try run.single(key, parse) { return value }
      if known.count == 1 { return known[0] }
      throw PlanFault(
        run.prefix + key.rawValue,
        problem: "missing, and the plan has \(known.isEmpty ? "none" : "several"): expected "
          + "\(key.expected); add the key to the run", line: run.line)
    }
    return StudyConfiguration(
      ranks: try value(.ranks, ranks, Self.integer),
      threads: try value(.threads, threads, Self.integer),
      model: try value(.model, models) { $0 },
      sync: try value(.sync, syncs) { $0 },
      scaling: try value(.scaling, scalings, Scaling.init(rawValue:)),
      batch: try value(.batch, batches, Self.integer))
  }

  /// The options: the elements of a list, or the words of one text.
  private static func options(_ reader: PlanReader) throws(PlanFault) -> [String] {
    guard let elements = try reader.elements(.options), !elements.isEmpty else { return [] }
    let words = try reader.list(.options) { $0 } ?? []
    guard !reader.isList(.options), let text = words.first else { return words }
    if text.contains("\"") || text.contains("'") {
      throw PlanFault(
        PlanKey.options.rawValue, value: text,
        problem: "quotes do not join words: expected a list; write [\"--data\", \"my files\"]")
    }
    return text.split(whereSeparator: \.isWhitespace).map(String.init)
  }

  /// The whole number of a text, or nil.
  private static func integer(_ text: String) -> Int? { Int(text) }

  /// The fraction of a percentage: 0.02 for `2%`; nil if the text is not above 0% and up to 100%.
  public static func percentage(_ text: String) -> Double? {
    guard text.hasSuffix("%") else { return nil }
    let number = text.dropLast().filter { !$0.isWhitespace }
    guard let value = Double(number), isWidth(value / 100) else { return nil }
    return value / 100
  }
}
