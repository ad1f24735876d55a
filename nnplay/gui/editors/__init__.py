"""The left column of the window: editors of the data, the network and the training.

Each has `show_experiment(experiment, problems)`, which emits nothing, and the signal `edited`,
which carries a `Change`. None keeps a truth of its own: it shows what it was shown last.
"""
