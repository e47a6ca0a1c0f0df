import RunRecords
import ScalingComparison
import TextTables

/// The section of a page about one work.
struct WorkContext {
  let number: Int
  let heading: String
  /// The work and the machine, a line each.
  let lines: [String]
  let columns: [Cell]
  let rows: [Row]
  let notes: [String]
  /// What the marks of the table mean.
  let legend: [String]
  /// Exchange methods against each other.
  let comparisons: PageList?
  /// Speedup and efficiency; nil where no row has them.
  let plots: Plots?
  let ledgers: Ledgers?
  let steps: [StepTimeContext]
  /// The step times as a chart; nil without any.
  let stepFigure: FigureContext?
  let loss: LossContext
  let fits: [String]

  /// The cell of a table.
  struct Cell {
    let text: String
    /// Printed below a title.
    let unit: String
    /// `n` for a number, which stands at the right, `t` for text.
    let kind: String
  }

  /// A row of a table; its first cell is a heading.
  struct Row {
    let head: Cell
    let cells: [Cell]
  }

  /// The plots of a work.
  struct Plots {
    let figures: [FigureContext]
  }

  init(_ work: StudyWork, runs: [StudyRun], number: Int) {
    self.number = number
    heading = VerdictSentence.name(of: work)
    lines = RowText.heading(work)
    let table = WorkTable(work)
    let kinds = table.layout.titles.map { $0.align == .left ? "t" : "n" }
    columns = zip(table.layout.titles, kinds).map {
      Cell(text: $0.name, unit: $0.unit, kind: $1)
    }
    rows = table.layout.rows.compactMap { cells in
      let all = zip(cells, kinds).map { Cell(text: $0, unit: "", kind: $1) }
      return all.first.map { Row(head: $0, cells: Array(all.dropFirst())) }
    }
    notes = table.notes
    legend = table.legend.map { "\($0.mark) \($0.meaning)" }
    comparisons = PageList(work.comparisons.map(WorkText.line))
    let plots = ScalingPlots(work)
    self.plots = plots.isEmpty ? nil : Plots(figures: plots.figures)
    ledgers = Ledgers(work)
    steps = StepTimeContext.list(work, runs: runs)
    stepFigure = StepTimeChart.figure(steps, of: work)
    loss = LossContext(work, runs: runs)
    fits = work.fits.flatMap { FitText.lines($0, scaling: work.scaling) }
  }
}

/// The loss ledgers of a work.
struct Ledgers {
  let chart: FigureContext
  let tables: [LedgerContext]

  /// Nil if no row has a ledger.
  init?(_ work: StudyWork) {
    tables = work.rows.compactMap { row in
      row.ledger.map { LedgerContext(LedgerText(row: row, work: work, ledger: $0)) }
    }
    guard !tables.isEmpty else { return nil }
    chart = LedgerChart.figure(work)
  }
}

/// The table of one ledger.
struct LedgerContext {
  /// A part, or their sum.
  struct Part {
    let name: String
    let seconds: String
    let share: String
    let range: String
    let sentence: String

    fileprivate init(_ cells: [String]) {
      precondition(cells.count == 5, "\(cells.count) cells of a part of a ledger, not 5")
      (name, seconds, share, range, sentence) = (cells[0], cells[1], cells[2], cells[3], cells[4])
    }
  }

  let heading: String
  let remarks: [String]
  let parts: [Part]
  let total: Part
  let factors: String?

  init(_ text: LedgerText) {
    heading = text.heading
    remarks = text.remarks
    parts = text.ledger.entries.map { Part(text.cells($0)) }
    total = Part(text.total)
    factors = text.factors
  }
}
