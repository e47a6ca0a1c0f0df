import RunRecords
import ScalingStudy
import TestSupport
import Testing

@Suite struct YAMLPlanTests {
  /// The error for this text in a file `plan.yaml`, or "no error".
  private func error(_ yaml: String) -> String {
    do {
      let plan = try StudyPlan(yaml: yaml, path: "plan.yaml")
      return "no error: \(plan)"
    } catch {
      return error.description
    }
  }

  private func plan(_ yaml: String) throws -> StudyPlan {
    try StudyPlan(yaml: yaml, path: "plan.yaml")
  }

  @Test func everyKeyIsRead() throws {
    let plan = try plan(
      """
      # Strong and weak scaling of two networks.
      ranks: [1, 2, 4]
      scaling: [strong, weak]
      sync:
        - allreduce
        - node
      threads: 2
      model: [mlp, "conv5x5:20, relu, fc:classes"]
      batch: [64, 256]
      runs:
        - {ranks: 8, threads: 1, model: cnn, sync: node, scaling: weak, batch: 32}
      repeats: 12
      max-repeats: 24
      until: 2.5 %
      min-seconds: 0.5
      seed: 18446744073709551615
      options: [--limit, 6000, --data, my files]
      """)
    #expect(
      plan
        == StudyPlan(
          ranks: [1, 2, 4], scalings: [.strong, .weak], syncs: ["allreduce", "node"], threads: [2],
          models: ["mlp", "conv5x5:20,relu,fc:classes"], batches: [64, 256],
          runs: [
            StudyConfiguration(
              ranks: 8, threads: 1, model: "cnn", sync: "node", scaling: .weak, batch: 32)
          ], repeats: 12, maxRepeats: 24, until: 0.025, minSeconds: 0.5, seed: .max,
          options: ["--limit", "6000", "--data", "my files"]))
  }

  @Test func missingKeysHaveTheirDefaults() throws {
    #expect(try plan("seed: 1") == StudyPlan())
    #expect(try plan("repeats: 40").maxRepeats == 40)
    #expect(try plan("{\"ranks\": 4}") == StudyPlan(ranks: [4]))
    #expect(try plan("ranks: [2, 2, 1]\r\nmodel: CNN\r\n") == StudyPlan(ranks: [2, 1]))
    #expect(try plan("\u{FEFF}ranks: 4") == StudyPlan(ranks: [4]))
    #expect(try plan("options: []") == StudyPlan())
  }

  @Test func optionsMayBeOneText() throws {
    #expect(try plan("options: --epochs  1 --seed=3").options == ["--epochs", "1", "--seed=3"])
    #expect(try plan("options: [--data, my files]").options == ["--data", "my files"])
    #expect(try plan("options:\n  - a b").options == ["a b"])
  }

  @Test func runsWithoutRanksAreTheWholePlan() throws {
    let two = StudyConfiguration(ranks: 2, model: "mlp", batch: 128)
    let four = StudyConfiguration(ranks: 4, model: "mlp", batch: 64)
    let yaml = "model: mlp\nruns: [{ranks: 2, batch: 128}, {ranks: 4}, {ranks: 4}]\n"
    #expect(try plan(yaml) == StudyPlan(ranks: [], models: ["mlp"], runs: [two, four]))
    #expect(try plan("ranks: 1\n" + yaml).ranks == [1])
  }

  @Test(arguments: [
    ("", "plan.yaml: empty: expected keys with values, such as ranks: [1, 2]; write a plan"),
    ("# nothing\n", "plan.yaml: empty"),
    ("---\n", "plan.yaml: empty"),
    ("ranks: [1, 2\nseed: 1\n", "plan.yaml:2: no YAML: did not find expected ',' or ']'; correct"),
    ("ranks: 1\n\tseed: 1\n", "plan.yaml:2: no YAML: "),
    ("ranks: 1\n---\nranks: 2\n", "plan.yaml:2: no YAML: but found another document"),
    ("ranks: 1\nseed: \u{1}\n", "plan.yaml:2: no YAML: control characters are not allowed"),
    ("seed: 1\nranks: 1\nranks: 2\n", "plan.yaml:2: the same key twice: ranks; correct"),
    ("ranks: *a\n", "plan.yaml:1: no YAML: found undefined alias"),
    ("ranks:[1, 2]\n", "plan.yaml:1: expected keys with values, such as ranks: 2; write each as"),
    ("- ranks\n", "plan.yaml:1: expected keys with values"),
  ])
  func whatIsNoPlan(yaml: String, start: String) {
    #expect(error(yaml).hasPrefix(start), "\(error(yaml))")
  }

  /// A parser that calls itself for each level must not exhaust its stack.
  @Test func aFileThatIsNestedDeeply() {
    for part in ["[", "- ", "{a: "] {
      let text = error(String(repeating: part, count: 100_000))
      #expect(text.hasPrefix("plan.yaml:1: no YAML: nested too deeply; correct"), "\(text)")
    }
  }

  @Test(arguments: [
    (
      "seed: 1\nrank: 2\n",
      "plan.yaml:2: unknown key rank: expected one of ranks, scaling, sync, threads, model, batch, "
        + "runs, repeats, max-repeats, until, min-seconds, seed, options; correct or remove it"
    ),
    ("maxRepeats: 2\n", "plan.yaml:1: unknown key maxRepeats: expected one of ranks"),
    ("[a]: 2\n", "plan.yaml:1: unknown key \"that is a list or mapping\": expected one of ranks"),
    ("\"a\\nb\": 2\n", "plan.yaml:1: unknown key \"a b\": expected one of ranks"),
    (
      "runs:\n  - ranks: 2\n    nodes: 1\n",
      "plan.yaml:3: run 1: unknown key nodes: expected one of ranks, scaling, sync, threads, model, "
        + "batch; correct or remove it"
    ),
    (
      "runs: [{ranks: 2}, {repeats: 2}]", "plan.yaml:1: run 2: unknown key repeats: expected one of"
    ),
  ])
  func unknownKeys(yaml: String, start: String) {
    #expect(error(yaml).hasPrefix(start), "\(error(yaml))")
  }

  @Test(arguments: [
    ("ranks: 0", "plan.yaml:1: ranks 0: expected a whole number from 1 to 1000000; correct it"),
    ("ranks:\n - 1\n - -2\n", "plan.yaml:3: ranks -2: expected a whole number from 1"),
    ("ranks: [1, two]", "plan.yaml:1: ranks two: expected a whole number"),
    ("ranks: \"1, 2\"", "plan.yaml:1: ranks \"1, 2\": expected a whole number"),
    ("ranks: 99999999999999999999", "plan.yaml:1: ranks 99999999999999999999: expected a whole"),
    ("seed: 1\nranks:\n", "plan.yaml:2: ranks: no value: expected a whole number"),
    ("ranks: ~", "plan.yaml:1: ranks: no value"),
    ("ranks: []", "plan.yaml:1: ranks: no value: expected a whole number"),
    ("ranks: [[1]]", "plan.yaml:1: ranks: a list or mapping where one value belongs: expected a"),
    ("ranks: {a: 1}", "plan.yaml:1: ranks: a list or mapping where one value belongs"),
    ("threads: 5000", "plan.yaml:1: threads 5000: expected a whole number from 1 to 4096"),
    ("threads: 1.5", "plan.yaml:1: threads 1.5: expected a whole number"),
    ("batch: 0", "plan.yaml:1: batch 0: expected a whole number from 1 to 16777216"),
    ("seed: 1\nsync: [node,\n fast]", "plan.yaml:3: sync fast: expected allreduce, node or cuda-"),
    ("scaling: [strong, Weak]", "plan.yaml:1: scaling Weak: expected strong or weak; correct it"),
    ("model: [conv5x5:20,relu,fc:classes]", "plan.yaml:1: model relu: expected cnn, mlp or a list"),
    ("model: \"\"", "plan.yaml:1: model \"\": expected cnn, mlp or a list of layers"),
    ("until: 0.02", "plan.yaml:1: until 0.02: expected a percentage above 0% and up to 100%"),
    ("until: 0%", "plan.yaml:1: until 0%: expected a percentage above 0%"),
    ("until: 101%", "plan.yaml:1: until 101%: expected a percentage above 0%"),
    ("until: nan%", "plan.yaml:1: until nan%: expected a percentage above 0%"),
    ("until: [2%]", "plan.yaml:1: until: a list or mapping where one value belongs"),
    ("repeats: -9", "plan.yaml:1: repeats -9: expected a whole number from 1 to 10000"),
    (
      "max-repeats: 6\nrepeats: 9",
      "plan.yaml:2: repeats 9: above max-repeats: expected at most 6; lower it or raise max-repeats"
    ),
    (
      "until: 2%\nrepeats: 6\nmax-repeats: 6", "plan.yaml:3: max-repeats 6: until looks first after"
    ),
    ("min-seconds: -1", "plan.yaml:1: min-seconds -1: expected a number of seconds above 0"),
    ("min-seconds: inf", "plan.yaml:1: min-seconds inf: expected a number of seconds"),
    ("seed: -1", "plan.yaml:1: seed -1: expected a whole number from 0 to 18446744073709551615"),
    ("options: --data \"my files\"", "plan.yaml:1: options \"--data \"my files\"\": quotes do not"),
    ("options: [[a]]", "plan.yaml:1: options: a list or mapping where one value belongs"),
    (
      "options:\n  - --steps\n  - 9\n  - --sync\n", "plan.yaml:4: options --sync: the study sets it"
    ),
    (
      "ranks: [1, 2, 4]\nbatch:\n  - 64\n  - 3\n",
      "plan.yaml:4: batch 3: less than one sample for each of 4 ranks: expected at least 4 under "
        + "strong scaling; raise batch or use fewer ranks"
    ),
  ])
  func valuesThatCannotBeUsed(yaml: String, start: String) {
    #expect(error(yaml).hasPrefix(start), "\(error(yaml))")
  }

  @Test(arguments: [
    ("runs: 2", "plan.yaml:1: run 1: expected keys with values, such as ranks: 2"),
    ("runs:\n", "plan.yaml:1: runs: no value: expected a list of runs such as - {ranks: 2, batch:"),
    ("runs: []", "plan.yaml:1: runs: no value"),
    ("ranks: []\nruns: [{ranks: 2}]", "plan.yaml:1: ranks: no value: expected a whole number"),
    ("seed: 1\nruns:\n  - batch: 8\n", "plan.yaml:3: run 1: ranks: missing, and the plan has none"),
    (
      "ranks: [1, 2]\nruns: [{batch: 8}]",
      "plan.yaml:2: run 1: ranks: missing, and the plan has sev"
    ),
    ("runs: [{ranks: 2}, {ranks: 0}]", "plan.yaml:1: run 2: ranks 0: expected a whole number"),
    ("runs: [{ranks: [1, 2]}]", "plan.yaml:1: run 1: ranks: a list or mapping where one value"),
    ("runs: [{ranks: 2, sync: mpi}]", "plan.yaml:1: run 1: sync mpi: expected allreduce"),
    ("runs: [{ranks: 2, scaling: both}]", "plan.yaml:1: run 1: scaling both: expected strong or"),
    (
      "runs:\n  - ranks: 1\n  - ranks: 1\n  - ranks: 9\n    batch: 8\n",
      "plan.yaml:5: run 3: batch 8: less than one sample for each of 9 ranks"
    ),
    (
      "threads: [1, 2]\nruns: [{ranks: 2, threads: 1}]",
      "plan.yaml:1: threads: 2 values, but without ranks no factors are multiplied out: expected one"
    ),
  ])
  func runsThatCannotBeUsed(yaml: String, start: String) {
    #expect(error(yaml).hasPrefix(start), "\(error(yaml))")
  }

  @Test func tooManyConfigurations() {
    let list = (1...200).map(String.init).joined(separator: ", ")
    let text = error("scaling: weak\nranks: [\(list)]\nbatch: [\(list)]\n")
    #expect(
      text
        == "plan.yaml: configurations 40000: expected at most 10000; shorten a list or split the "
        + "plan")
  }

  /// Lists of lists by aliases would have 9^9 elements, which the parser compares one by one.
  @Test func aliasesThatMultiplyAreRefused() {
    let lists = (1...8).map { level in
      let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      return "a\(level): &a\(level) [\(aliases)]\n"
    }
    let text = error("a0: &a0 [1]\n" + lists.joined() + "? *a8\n: 1\n")
    #expect(text.hasPrefix("plan.yaml:4: more than 20 words such as *name"), "\(text)")
  }

  @Test func aFewAliasesAreAccepted() throws {
    #expect(try plan("ranks: &a [1, 2]\nthreads: *a\n") == StudyPlan(threads: [1, 2]))
  }

  /// Every message is one line of readable length, whatever stands in the file.
  @Test func messagesAreOneLine() {
    #expect(StudyError("a\r\nb\u{2028}c\u{1B}d").description == "a  b c d")
    let long = String(repeating: "x", count: 5000)
    for yaml in [
      "ranks: \"a\\nb\\u2028c\"", "\(long): 1", "ranks: \(long)", "ranks: \"\\e[31m\"", "a: b: c",
      "{{", "ranks: |\n  1\n  2\n", "%", "? a\n? a\n", "options: |\n  --sync\n", "&a [*a]",
    ] {
      let text = error(yaml)
      #expect(text.hasPrefix("plan.yaml"), "\(text)")
      #expect(text.count < 400 && !text.contains(where: \.isNewline), "\(text)")
      #expect(!text.unicodeScalars.contains("\u{1B}"))
    }
  }

  @Test func aPlanIsReadFromAFile() throws {
    let directory = try TemporaryDirectory()
    let file = try directory.write("ranks: [1, 3]\n".utf8, to: "study.yaml")
    #expect(try StudyPlan(file: file) == StudyPlan(ranks: [1, 3]))
    let wrong = try directory.write("\nranks: 0\n".utf8, to: "wrong.yaml")
    let cases = [
      (wrong, "\(wrong):2: ranks 0: expected a whole number"),
      (
        try directory.write([0xFF, 0xFE, 0x72, 0], to: "utf16.yaml"),
        "\(directory.path("utf16.yaml")): not a text in UTF-8; name a file with a plan in YAML"
      ),
      (
        directory.path("none.yaml"),
        "cannot read \(directory.path("none.yaml")): no such file or directory; name a file"
      ),
      (directory.path, "cannot read \(directory.path): "),
    ]
    for (path, start) in cases {
      let error = #expect(throws: StudyError.self) { try StudyPlan(file: path) }
      #expect(error?.description.hasPrefix(start) == true, "\(error?.description ?? "")")
    }
  }
}
