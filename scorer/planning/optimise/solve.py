"""A programme → the best choice that could be proven, and how far from the best it may be. HiGHS does the work."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from scorer.columns import Array, Floats
from scorer.planning.optimise.formulation import Programme
from scorer.saying import Say, quiet

if TYPE_CHECKING:
    import highspy

CLOSE = 1e-6
"""A choice is called the best when no other can be better by more than this share of it."""
CENT = 0.01
EVERY = 1.0
"""Seconds between two lines of progress."""


class Solution(NamedTuple):
    """What the solver found.

    v: value of every column, None where no choice was found. worth: of the choice, in currency (what is maximised). bound: no
    choice is worth more. feasible: False where it is proven that no choice keeps to all limits. proven: the search ended
    because ``worth`` is the best there is, to within CLOSE of it.
    """

    v: Floats | None
    worth: float
    bound: float
    feasible: bool
    proven: bool
    seconds: float

    @property
    def gap(self) -> float:
        """Return by which share of ``worth`` another choice might be better at most; 0 where it is proven to the cent."""
        if self.v is None:
            return float("inf")
        short = self.bound - self.worth
        return 0.0 if short < CENT else short / max(abs(self.worth), CENT)


def solve(
    asked: Programme, time_limit: float = 60.0, start: Array | None = None, say: Say = quiet, close: float = CLOSE
) -> Solution:
    """Find the best choice within ``time_limit`` seconds, on one thread and with a fixed seed.

    start: a choice of steps to begin with, a mask; it need not be feasible. Progress is said about once a second.
    close: with more than SMALL steps, a choice is good enough when none can be better by more than this share of it.
    """
    begun = monotonic()
    solver = _solver(asked, whole=True)
    solver.setOptionValue("time_limit", max(time_limit, 0.0))
    solver.setOptionValue("mip_rel_gap", close if asked.steps > SMALL else 0.0)
    solver.setOptionValue("mip_abs_gap", 1e-7)
    if start is not None:
        _start_from(solver, asked, start)
    _tell_progress(solver, say)
    solver.run()
    return _solution(solver, asked, monotonic() - begun)


SMALL = 2_000
"""Up to so many steps even a cent is worth a proof."""


def relaxed(asked: Programme) -> tuple[float, Floats]:
    """Return the worth of the programme if steps could be run in part, and the shadow price of each row in currency.

    A shadow price says how much more would be earned if the row's limit moved up by one.
    """
    solver = _solver(asked, whole=False)
    solver.run()
    found = solver.getSolution()
    return -float(solver.getInfo().objective_function_value), -np.array(found.row_dual)


def is_feasible(asked: Programme, time_limit: float) -> bool:
    """Return whether some choice keeps to every limit; one that is not found in time counts as there."""
    solver = _solver(asked._replace(cost=np.zeros(len(asked.cost))), whole=True)
    solver.setOptionValue("time_limit", time_limit)
    solver.run()
    return not _is_infeasible(solver)


def _solver(asked: Programme, *, whole: bool) -> highspy.Highs:
    import highspy

    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.setOptionValue("random_seed", 0)
    solver.setOptionValue("mip_feasibility_tolerance", 1e-9)  # a millionth of a step may cost more than a cent
    form = highspy.HighsLp()
    form.num_col_, form.num_row_ = len(asked.cost), len(asked.row_lower)
    form.col_cost_, form.col_lower_, form.col_upper_ = asked.cost, asked.lower, asked.upper
    form.row_lower_, form.row_upper_ = asked.row_lower, asked.row_upper
    form.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    form.a_matrix_.start_, form.a_matrix_.index_, form.a_matrix_.value_ = asked.starts, asked.column, asked.value
    if whole:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        form.integrality_ = [kinds[int(is_whole)] for is_whole in asked.integer.tolist()]
    solver.passModel(form)
    return solver


def _start_from(solver: highspy.Highs, asked: Programme, start: Array) -> None:
    """Hand over which steps to begin with; the other columns follow from them."""
    where = np.arange(asked.steps, dtype=np.int32)
    solver.setSolution(len(where), where, start.astype(np.float64))


def _tell_progress(solver: highspy.Highs, say: Say) -> None:
    if say is quiet:
        return
    last = [monotonic()]

    def tell(event: Any) -> None:
        now = monotonic()
        if now - last[0] < EVERY:
            return
        last[0] = now
        told = event.data_out
        worth, bound = -told.objective_function_value, -told.mip_dual_bound
        known = f"best so far {worth:,.0f}" if np.isfinite(worth) else "no choice yet"
        limit = f", at most {bound:,.0f} possible" if np.isfinite(bound) else ""
        say(f"Choosing: {known}{limit}, {told.running_time:.0f} s")

    solver.cbMipInterrupt += tell


def _is_infeasible(solver: highspy.Highs) -> bool:
    import highspy

    states = highspy.HighsModelStatus
    return solver.getModelStatus() in (states.kInfeasible, states.kUnboundedOrInfeasible)


def _solution(solver: highspy.Highs, asked: Programme, seconds: float) -> Solution:
    import highspy

    info, found = solver.getInfo(), solver.getSolution()
    if _is_infeasible(solver):
        return Solution(None, np.nan, np.nan, feasible=False, proven=True, seconds=seconds)
    status = highspy.SolutionStatus.kSolutionStatusFeasible
    if info.primal_solution_status != status:
        return Solution(None, np.nan, np.inf, feasible=True, proven=False, seconds=seconds)
    v = np.array(found.col_value)
    v[: asked.steps] = np.round(v[: asked.steps])
    proven = solver.getModelStatus() == highspy.HighsModelStatus.kOptimal
    return Solution(v, -float(info.objective_function_value), -float(info.mip_dual_bound), True, proven, seconds)
