import Synchronization

/// What a rank is doing, as a watchdog on another thread sees it.
///
/// Setting it is one store, without a clock: the watchdog itself measures how long it stays.
package final class ProgressMonitor: Sendable {
  /// A part of the training.
  package enum Activity: UInt8, CaseIterable, Sendable {
    case start, compute, exchange, update, evaluate, evaluationExchange, checkpoint

    /// Whether the rank waits for other ranks, so that another one is at fault.
    package var isWaiting: Bool { [.exchange, .evaluationExchange].contains(self) }

    /// What the rank does, after `rank 1 (host): step 51: `.
    var text: String {
      switch self {
      case .start: "before its first step"
      case .compute: "computing gradients"
      case .exchange: "in the all-reduce"
      case .update: "updating parameters"
      case .evaluate: "evaluating"
      case .evaluationExchange: "in the exchange of the evaluation"
      case .checkpoint: "copying a checkpoint"
      }
    }
  }

  /// The state of a rank at one moment.
  package struct State: Equatable, Sendable {
    package var activity: Activity
    /// The step, from 1; 0 before the first.
    package var step: Int
    /// The bucket that is exchanged, from 1; 0 outside of exchanges.
    package var bucket: Int

    /// Such as `step 51: in the all-reduce, bucket 2`.
    package var text: String {
      (step > 0 ? "step \(step): " : "") + activity.text
        + (bucket > 1 && activity == .exchange ? ", bucket \(bucket)" : "")
    }

    /// As one number: 8 bits activity, 16 bits bucket, 40 bits step.
    package var packed: UInt64 {
      UInt64(activity.rawValue) << 56 | UInt64(bucket & 0xFFFF) << 40
        | UInt64(step) & 0xFF_FFFF_FFFF
    }

    package init(activity: Activity, step: Int, bucket: Int = 0) {
      self.activity = activity
      self.step = step
      self.bucket = bucket
    }

    /// The state of a number; the activity is `start` if the number is not one of `packed`.
    package init(packed: UInt64) {
      activity = Activity(rawValue: UInt8(packed >> 56)) ?? .start
      bucket = Int(packed >> 40 & 0xFFFF)
      step = Int(packed & 0xFF_FFFF_FFFF)
    }
  }

  private let packed = Atomic<UInt64>(State(activity: .start, step: 0).packed)

  package init() {}

  /// The current state.
  package var state: State { State(packed: packed.load(ordering: .relaxed)) }

  /// Begins an activity of a step.
  package func begin(_ activity: Activity, step: Int) {
    packed.store(State(activity: activity, step: step).packed, ordering: .relaxed)
  }

  /// Continues the step with another activity; an exchange counts its buckets.
  package func proceed(to activity: Activity) {
    var state = state
    if activity == .exchange { state.bucket += 1 }
    state.activity = activity
    packed.store(state.packed, ordering: .relaxed)
  }
}
