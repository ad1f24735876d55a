"""`python -m nnplay` is `nnplay`."""

import sys

from nnplay.start import main

sys.exit(main())
