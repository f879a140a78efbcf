"""What `spusk` says to a user, and the public names, recorded as text.

`commands.txt` holds the commands, `recorded/` their exit codes, standard output and error, and in
names.txt the public names with their parameters. `python -m tests.transcript` shows what differs
from the record, `--write` records again.
"""
