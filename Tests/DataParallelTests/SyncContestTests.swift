import DataParallel
import Testing

/// Tests of the decision of `--sync auto` on step times whose better method is known.
@Suite struct SyncContestTests {
  /// The result of a contest between `allreduce` and `node`: one function gives each one's seconds.
  private func decide(
    _ allReduce: (Int) -> Double, _ node: (Int) -> Double
  ) -> (chosen: SyncMethod?, rounds: Int) {
    var contest = SyncContest(methods: [.allReduce, .node])
    while !contest.isDecided {
      contest.add(round: [allReduce(contest.rounds), node(contest.rounds)])
    }
    #expect(contest.trials.count == 2)
    return (contest.trials.first?.method, contest.rounds)
  }

  @Test func aClearDifferenceIsFoundAtOnce() {
    let faster = decide({ 0.0097 + 0.0001 * Double($0 % 3) }, { _ in 0.01 })
    #expect(faster.chosen == .allReduce && faster.rounds == SyncContest.fewestRounds)
    let slower = decide({ 0.0104 - 0.0001 * Double($0 % 3) }, { _ in 0.01 })
    #expect(slower.chosen == .node && slower.rounds == SyncContest.fewestRounds)
  }

  /// The machine becomes 40 % slower during the trial: the times of a round still compare.
  @Test func aDriftFavoursNone() {
    let drift = { (round: Int) in 0.01 * (1 + 0.04 * Double(round)) }
    #expect(decide({ 0.97 * drift($0) }, drift).chosen == .allReduce)
    #expect(decide({ 1.03 * drift($0) }, drift).chosen == .node)
  }

  /// `allreduce` has the smaller median by 3 %, in times that differ by up to 10 % in both directions.
  @Test func withinNoiseNodeIsChosen() {
    let noise = [0.9, 1.1, 0.94, 0.96, 1.08]
    let result = decide({ 0.0097 * noise[$0 % 5] }, { 0.01 * noise[($0 + 2) % 5] })
    #expect(result.chosen == .node && result.rounds == SyncContest.mostRounds)
  }

  /// One slow turn, as another program makes it, does not decide.
  @Test func anOutlierNeedsMoreRounds() {
    let result = decide({ $0 == 2 ? 0.02 : 0.0095 }, { _ in 0.01 })
    #expect(result.chosen == .allReduce && result.rounds > SyncContest.fewestRounds)
  }

  @Test func oneMethodNeedsNoRound() {
    #expect(SyncContest(methods: [.node]).isDecided)
    #expect(SyncContest(methods: [.node]).trials.first?.method == .node)
  }

  @Test(arguments: [(0.001, 3, 40), (0.012, 3, 5), (0.5, 1, 2), (0.0, 3, 5)])
  func turnsAreShort(step: Double, warmUp: Int, steps: Int) {
    var contest = SyncContest(methods: [.allReduce, .node])
    contest.add(round: [step, step])
    #expect(contest.turn.warmUpSteps == warmUp && contest.turn.steps == steps)
  }
}
