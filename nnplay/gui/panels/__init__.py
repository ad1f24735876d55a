"""Panels: what stands in the window, each of which also opens alone.

All plot panels take the same calls, and ignore those that are not about them:
`show_experiment(experiment)`, `show_data(spec, parts)`, `show_run(experiment)`,
`show_frame(frame)`, `show_traces(steps, epochs)`, `show_result(result)` and `clear()`; `fits(spec)`
says whether a panel has anything to show for such data.
"""
