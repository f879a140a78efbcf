"""`python -m spusk` is the command `spusk`."""

from spusk.cli import main

main()
