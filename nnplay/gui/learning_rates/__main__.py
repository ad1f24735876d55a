"""Opens the comparison of learning rates by itself."""

from nnplay.gui.learning_rates.preview import main

raise SystemExit(main())
