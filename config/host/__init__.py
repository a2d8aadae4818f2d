"""Find or fetch the host, make what the product needs, run it and test it.

Standard library only: this code runs before anything is installed.
Called by the Makefile as `python3 -m config.host COMMAND`.
"""
