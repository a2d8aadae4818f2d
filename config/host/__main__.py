"""The commands behind the Makefile; kept loadable by any Python 3 to say so kindly."""

import sys

if sys.version_info < (3, 8):
    sys.exit(
        "Python 3.10 to 3.13 is needed; this one is %d.%d.\n"
        "On Debian: apt-get install python3 python3-venv" % sys.version_info[:2]
    )

from .cli import main  # noqa: E402 the check above must come first

sys.exit(main(sys.argv[1:]))
