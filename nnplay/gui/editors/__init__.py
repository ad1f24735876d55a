"""The editors in the columns of the window: of the data, the network and the training.

Each has `show_experiment(experiment, problems)`, which emits nothing, and the signal `edited`,
which carries a `Change`. None keeps a state of its own: it shows the experiment that it was given
last.
"""
