import Foundation
import MessagePassing

// rank-checks --list         prints the names of all checks, one per line, without MPI
// rank-checks NAME           runs a check: all ranks exit with 0 if it holds on all of them, else 1
// rank-checks --death NAME   runs a scenario that ends with a failure (see Deaths.swift)

let arguments = CommandLine.arguments.dropFirst()

if arguments.first == "--list" {
  for name in CheckTable.checks.keys.sorted() { print(name) }
  exit(0)
}

guard let name = arguments.last,
  let check = arguments.first == "--death" ? CheckTable.deaths[name] : CheckTable.checks[name]
else {
  StandardError.writeLine("rank-checks: no such check: \(arguments.joined(separator: " "))")
  exit(64)
}

exit(
  Environment.run(program: "rank-checks") { world in
    var findings = Findings()
    try check(world, &findings)
    if let failure = findings.summary {
      StandardError.writeLine(
        "rank-checks: \(name): rank \(world.rank) of \(world.size): \(failure)")
    }
    let holdsEverywhere = try world.allReduce(findings.holds ? 1 : 0, .min) == 1
    return holdsEverywhere ? 0 : 1
  })
